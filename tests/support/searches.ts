// Looks for a name in everything that is kept: topics, tables, files.
import { globSync, readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { rowsOf, type Warehouse } from '../../infra/clickhouse/warehouse.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import { topics as declared } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import type { testStreams } from './streams.ts';

type Streams = Awaited<ReturnType<typeof testStreams>>;

/** Names of the topics whose records, as a client can read them, have the name in key or value. */
export async function topicsWith(him: string, { kafka, log, nameOf }: Streams): Promise<string[]> {
  const found = new Set<string>();
  const byName = new Map(declared.map((topic: AnyTopic) => [nameOf(topic), topic]));
  const chunks = new Map<string, Buffer>();
  await using reader = await readTopics({
    kafka,
    log,
    topics: [...byName.keys()],
    onRecords: (name, _partition, records) => {
      for (const { key, value } of records) {
        if (key?.includes(him) || value?.includes(him)) found.add(byName.get(name)!.name);
        if (name === nameOf(snapshots) && value) chunks.set(String(key), Buffer.from(value));
      }
    },
  });
  await reader.caughtUp;
  // Parameters are compressed: the zstd frame of each whole snapshot is opened.
  for (const value of chunks.values()) {
    const frame = value.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
    if (frame >= 0 && zstdDecompressSync(value.subarray(frame)).includes(him)) {
      found.add(snapshots.name);
    }
  }
  return [...found].sort();
}

/** Tables and views of which some column of some row has the name. */
export async function tablesWith(him: string, warehouse: Warehouse): Promise<string[]> {
  const { database } = warehouse;
  const named = await rowsOf<{ name: string }>(
    warehouse,
    `select name from system.tables where database = '${database}'`,
  );
  const found: string[] = [];
  for (const { name } of named) {
    const [row] = await rowsOf<{ n: string }>(
      warehouse,
      `select count() as n from ${database}.${name} where position(toString(tuple(*)), '${him}') > 0`,
    );
    if (Number(row!.n) > 0) found.push(name);
  }
  return found.sort();
}

/** Files below a folder that have the name in their bytes. */
export const filesWith = (him: string, path: string) =>
  globSync('**/*', { cwd: path }).filter((file) => {
    try {
      return readFileSync(`${path}/${file}`).includes(him);
    } catch {
      return false; // a folder, or a part that was removed since
    }
  });
