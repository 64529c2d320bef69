// Records what a release leaves behind: every record of its topics and changelogs when it is stopped between two
// slates, and what it itself makes of the events that follow. Run by the Node of the release, in a checkout of
// it with its packages:
//   git worktree add ../release <commit> && cd ../release && npm install
//   node_modules/.bin/node <here>/record.mjs > records.ndjson && gzip -9n records.ndjson
// and, for the tables, the statements that the release makes them with:
//   node_modules/.bin/node <here>/record.mjs --tables > tables.sql && gzip -9n tables.sql
// and a store on disk:
//   node_modules/.bin/node <here>/record.mjs --state state && tar cC state . | gzip -9n > state.tar.gz
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const load = (path) => import(pathToFileURL(join(process.cwd(), path)).href);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Slates in all, and before the release is stopped. */
const [slates, before, partitions] = [240, 160, 2];
const settings = {
  partitions,
  serve: { attributionWindowMs: 1_800_000, servedWindowMs: 1_200_000, salt: 'history' },
  learn: { snapshotEvery: 50, snapshotEveryServed: 20 },
};

async function recordTopics() {
  const { runtimeOf } = await load('tests/support/recording.ts');
  const { history } = await load('tests/support/history.ts');
  const { schemaText, schemaIdOf } = await load('schemas/codec.ts');
  const { topics } = await load('schemas/index.ts');
  const { impressions } = await load('schemas/topics/impressions.ts');
  const { impressionOf } = await load('tests/support/events.ts');
  const runtime = runtimeOf(settings);
  const events = history(slates, 0);
  const cut = events.findIndex(({ event }) => event.impressionId === `i${before}`);
  const said = new Map();
  const dump = (after) => {
    for (const topic of topics) {
      let logs;
      try {
        logs = runtime.records(topic);
      } catch {
        continue; // not of this topology
      }
      for (const [partition, log] of logs.entries())
        for (const { key, at, bytes } of log.slice(said.get(`${topic.name}/${partition}`) ?? 0)) {
          if (bytes && !said.has(topic.name)) {
            said.set(topic.name, true);
            say({ topic: topic.name, id: schemaIdOf(bytes), schema: JSON.parse(schemaText(topic)) });
          }
          const value = bytes ? bytes.toString('base64') : null;
          say({ topic: topic.name, partition, key, at, value, after });
        }
      for (const [partition, log] of logs.entries()) said.set(`${topic.name}/${partition}`, log.length);
    }
  };
  say({ settings });
  for (const { topic, event } of events.slice(0, cut)) runtime.send(topic, event);
  runtime.drain();
  dump(false);
  for (const { topic, event } of events.slice(cut)) runtime.send(topic, event);
  // A slate on each partition closes every window.
  const ends = new Set();
  for (let i = 0; ends.size < partitions; i++) {
    const end = impressionOf(`end-${i}`, `end-${i}`, 1_000_000_000_000, []);
    const partition = runtime.partitionOf(impressions, end.userId);
    if (!ends.has(partition)) runtime.send(impressions, end);
    ends.add(partition);
  }
  runtime.drain();
  dump(true);
}

/** The statements by which the release makes its tables, as an engine would be told them. */
async function recordTables() {
  const { dataTables } = await load('infra/clickhouse/tables.ts');
  process.stdout.write(dataTables('millrace').map((one) => `${one};\n`).join('\n'));
}

/** A store of notes in LMDB, closed as it should be. */
async function recordState(dir) {
  const { lmdbIn, note } = await load('tests/stores/support.ts');
  const stores = lmdbIn(dir);
  const backing = stores.open();
  // Twenty transactions over eight keys; every fifth deletes.
  for (let i = 1; i <= 20; i++) {
    const key = `key-${i % 8}`;
    backing.apply([[key, i % 5 === 0 ? null : note(key, `text ${i}`, i)]], i);
  }
  stores[Symbol.dispose]();
}

const [, , what, dir] = process.argv;
await (what === '--tables' ? recordTables() : what === '--state' ? recordState(dir) : recordTopics());
