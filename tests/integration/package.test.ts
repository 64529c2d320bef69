// The package in a project outside the repository: what is in it, its types, its command line.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import topology, { clicksByHour } from '../../examples/package/clicks-by-hour.ts';
import { groupOffsets } from '../../infra/kafka/committed.ts';
import { endsOf } from '../../infra/kafka/read-to-end.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { clickOf } from '../support/events.ts';
import { type Run, runNode, said } from '../support/millrace.ts';
import { makeProject, type Project, typeErrors } from '../support/packed.ts';
import { testStreams } from '../support/streams.ts';

const example = 'clicks-by-hour.ts';

let project: Project;
const running: Run[] = [];
beforeAll(async () => {
  project = await makeProject();
  copyFileSync(
    join(import.meta.dirname, '../../examples/package', example),
    join(project.dir, example),
  );
}, 120_000);
afterAll(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGTERM');
    await ended;
  }
  project?.[Symbol.dispose]();
}, 60_000);

/** Broker and registry are not fetched again: a package alone has parts of its own. */
const parts = { MILLRACE_PARTS: readConfig().partsDir };

function start(args: readonly string[], env: Record<string, string> = {}): Run {
  const run = runNode(args, { cwd: project.dir, env: { ...parts, ...env } });
  running.push(run);
  return run;
}

const modulesOf = ({ packed, home }: Project) =>
  packed.files
    .map(({ path }) => join(home, path))
    .filter((path) => /\.m?js$/.test(path) && !path.includes('/public/'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

describe('the tarball', () => {
  it('holds compiled modules and declarations, no sources and no tests, and is small', () => {
    const paths = project.packed.files.map(({ path }) => path);
    expect(paths).toContain('NOTICE');
    expect(paths.filter((path) => /\.ts$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
    expect(paths.filter((path) => /(^|\/)(tests|bench)\//.test(path))).toEqual([]);
    for (const path of paths.filter((path) => path.endsWith('.d.ts'))) {
      expect(paths).toContain(path.replace(/\.d\.ts$/, '.js'));
    }
    expect(project.packed.size).toBeLessThan(2_500_000);
  });

  it('imports nothing but what it depends on', () => {
    const { dependencies } = project.manifest;
    const imported = modulesOf(project).flatMap(({ text }) =>
      [...text.matchAll(/^(?:import|export)\b[^;]*?from '([^'.][^']*)'/gm)].map(
        ([, name]) => /^(@[^/]+\/)?[^/]+/.exec(name!)![0],
      ),
    );
    const bare = new Set(imported.filter((name) => !/^node:/.test(name)));
    expect(bare.size).toBeGreaterThan(10);
    expect(
      [...bare].filter((name) => !(name in dependencies) && !builtinModules.includes(name)),
    ).toEqual([]);
  });

  it('has every file that a module names by its address', () => {
    const named = modulesOf(project).flatMap(({ path, text }) =>
      [...text.matchAll(/new URL\('(\.[^']*)', import\.meta\.url\)/g)].map(([, name]) =>
        join(path, '..', name!.replace(/\.ts$/, '.js')),
      ),
    );
    expect(named.length).toBeGreaterThan(7);
    // The command line looks for the TypeScript of a checkout before it takes what is compiled.
    const checkout = join(project.home, 'bin', 'millrace.js');
    expect(named.filter((path) => !existsSync(path))).toEqual([checkout]);
  });
});

describe('a project that installs it', () => {
  it('imports what is exported, with types that a strict compiler accepts', async () => {
    const file = 'imports.ts';
    writeFileSync(
      join(project.dir, file),
      `import { requestOf, type Request } from 'millrace/client';
import { defineTopic, type EventOf, MemoryRuntime, record } from 'millrace/engine';
import { type LearningPolicy, policies } from 'millrace/policies';
import { type Click, clicks, topics } from 'millrace/topics';

const own = defineTopic({
  name: 'own',
  doc: 'Mine.',
  schema: record('Own', 'Mine.', [{ name: 'id', type: 'string' }]),
  key: 'id',
  keyOf: ({ id }) => id,
  timeOf: () => 0,
});
const event: EventOf<typeof own> = { id: 'a' };
const of = (click: Click): string => click.itemId;
const policy: LearningPolicy = policies.get('millrace')!.source!.create();
const request: Request = requestOf({ requestId: 'r', userId: 'u', at: 1, k: 5 });
console.log(JSON.stringify({
  own: own.keyOf(event), topics: topics.length, clicks: clicks.name, policy: policy.name,
  k: request.k, runtime: typeof MemoryRuntime, of: typeof of,
}));
`,
    );
    expect(await typeErrors(project.dir, [file, example])).toBe('');
    const run = start([file]);
    expect([await run.ended, JSON.parse(run.output.out)]).toEqual([
      0,
      {
        own: 'a',
        topics: expect.any(Number),
        clicks: 'clicks',
        policy: 'millrace',
        k: 5,
        runtime: 'function',
        of: 'function',
      },
    ]);
  }, 60_000);
});

/** Clicks on 20 items in three hours, so many a batch. */
function* batches(count: number, size: number): Generator<Click[]> {
  for (let batch = 0; batch < count; batch++) {
    yield Array.from({ length: size }, (_, i) => {
      const n = batch * size + i;
      return clickOf(`c${n}`, `slate-${n}`, `user-${n % 97}`, `item-${(n * 7) % 20}`, n * 1_500);
    });
  }
}

const hour = 3_600_000;

function byHour(all: readonly Click[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { itemId, at } of all) {
    const key = `${itemId}, ${Math.floor(at / hour) * hour}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

type Streams = Awaited<ReturnType<typeof testStreams>>;

/** Tries until the broker is back; what it had taken before it was killed is not sent again. */
async function sendOnce(streams: Streams, batch: readonly Click[]): Promise<void> {
  for (let left = batch; left.length > 0; ) {
    try {
      await streams.send(left.map((event) => ({ topic: clicks, event })));
      return;
    } catch {
      const taken = new Set((await back(streams)).map(({ clickId }) => clickId));
      left = left.filter(({ clickId }) => !taken.has(clickId));
    }
  }
}

/** The clicks there are, once somebody answers. */
async function back(streams: Streams): Promise<Click[]> {
  for (;;) {
    try {
      return await streams.committed(clicks);
    } catch {
      await sleep(200);
    }
  }
}

/** What the latest records of the counts say. */
async function counted(streams: Streams): Promise<Map<string, number>> {
  const changes = await streams.committed(clicksByHour);
  return new Map(changes.map((one) => [clicksByHour.keyOf(one), one.clicks]));
}

const sum = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);

/** Resolves once the stage has committed every click there is. */
async function processed({ kafka, nameOf, layout }: Streams): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (;;) {
      const topic = nameOf(clicks);
      const [end] = await endsOf(admin, [topic]);
      const group = `${layout.prefix}millrace-${topology.stages[0]!.name}`;
      const [found] = await groupOffsets(admin, group, [topic]);
      if (Number(found?.partitions[0]?.offset) === end!.high) return;
      await sleep(100);
    }
  } finally {
    await admin.disconnect();
  }
}

describe('a topology of its own', () => {
  const dataDir = () => join(project.dir, 'data');
  const serve = async () => {
    const command = [project.command, 'run', 'count-clicks', '--topology', `./${example}`];
    const run = start([...command, '--data-dir', dataDir(), '--no-clickhouse']);
    await said(run, /^Running count-clicks$/m);
    return run;
  };
  /** Broker and registry, and the process that runs them and the stage. */
  const served = () => {
    const { brokers, registryUrl, owner } = JSON.parse(
      readFileSync(join(dataDir(), 'run', 'streams.json'), 'utf8'),
    );
    return { infra: { brokers: brokers.join(','), registryUrl }, pid: owner.pid as number };
  };

  it('counts each click once, though process and broker are killed in the middle', async () => {
    const first = await serve();
    const { infra, pid } = served();
    const streams = await testStreams(1, infra, '', [clicksByHour]);
    const total = 300 * 40;
    let sent = 0;
    const feed = (async () => {
      for (const batch of batches(300, 40)) {
        await sendOnce(streams, batch);
        sent += batch.length;
      }
    })();
    let before = 0;
    while (before < total / 5) before = sum(await counted(streams));
    process.kill(pid, 'SIGKILL');
    const atKill = sent;
    await first.ended;
    await serve();
    await feed;
    await processed(streams);

    expect(atKill).toBeLessThan(total);
    const logged = await streams.committed(clicks);
    expect(new Set(logged.map(({ clickId }) => clickId)).size).toBe(total);
    expect(await counted(streams)).toEqual(byHour(logged));
  }, 240_000);

  it('runs from a program too, on a broker that is named, and ends when it is told to', async () => {
    const program = 'own.ts';
    writeFileSync(
      join(project.dir, program),
      `import { runTopology } from 'millrace/run';
import topology from './${example}';

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await runTopology(topology, { signal: stop.signal });
console.log('left its group');
`,
    );
    expect(await typeErrors(project.dir, [program])).toBe('');
    const { infra } = served();
    const run = start([program], {
      KAFKA_BROKERS: infra.brokers,
      SCHEMA_REGISTRY_URL: infra.registryUrl,
      TOPIC_PREFIX: 'own-',
      MILLRACE_DATA_DIR: join(project.dir, 'own-data'),
    });
    const streams = await testStreams(1, infra, 'own-', [clicksByHour]);
    const [batch] = batches(1, 500);
    await streams.send(batch!.map((event) => ({ topic: clicks, event })));
    const died = run.ended.then(() => Promise.reject(new Error(run.output.err)));
    await Promise.race([processed(streams), died]);
    expect(await counted(streams)).toEqual(byHour(batch!));
    run.child.kill('SIGTERM');
    await died.catch(() => {});
    expect([await run.ended, run.output.out]).toEqual([0, 'left its group\n']);
  }, 120_000);
});
