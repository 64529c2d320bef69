// The embedded broker and registry, for real: killed with their parent, started again on their data.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { readConfig } from '../../app/config/read.ts';
import { logPath } from '../../infra/embedded/jvm.ts';
import { ensureParts, type JvmParts, startJvmParts } from '../../infra/embedded/parts.ts';
import { gone, identify, isAlive, type ProcessId } from '../../infra/embedded/processes.ts';
import { readRun } from '../../infra/embedded/run-file.ts';

const { partsDir } = readConfig();
const dataDir = mkdtempSync(join(tmpdir(), 'millrace-embedded-'));
const PARTS = new URL('../../infra/embedded/parts.ts', import.meta.url).href;
const SCHEMA = '{"type":"record","name":"Seen","fields":[{"name":"itemId","type":"string"}]}';

/** A program of its own that starts both parts and stays until it is killed. */
const PARENT = `
  import { startJvmParts } from ${JSON.stringify(PARTS)};
  const parts = await startJvmParts(${JSON.stringify({ dataDir, partsDir })});
  console.log(JSON.stringify(parts));
  setInterval(() => {}, 1e6);
`;

beforeAll(() => ensureParts({ partsDir, llm: {} }), 600_000);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('embedded Kafka and schema registry', () => {
  it('end with a parent that is killed, and start again with topic and schema', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', PARENT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const first = JSON.parse(line) as Pick<JvmParts, 'brokers' | 'registryUrl'>;
    await withAdmin(first.brokers, (admin) =>
      admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'kept' }] }),
    );
    const id = await register(first.registryUrl);
    await expect(startJvmParts({ dataDir, partsDir })).rejects.toMatchObject({
      code: 'data-dir-in-use',
    });

    const children = [partOf('kafka'), partOf('registry')];
    expect(children.map(isAlive)).toEqual([true, true]);
    parent.kill('SIGKILL');
    await once(parent, 'exit');

    // At once, while the children may still be ending: the start waits for them.
    const again = await startJvmParts({ dataDir, partsDir });
    try {
      expect(children.map(isAlive)).toEqual([false, false]);
      expect(await withAdmin(again.brokers, (admin) => admin.listTopics())).toContain('kept');
      expect(await register(again.registryUrl)).toBe(id);
      // What clients were told stays true, unless another took the port meanwhile.
      expect(again.registryUrl).toBe(first.registryUrl);
    } finally {
      await again[Symbol.asyncDispose]();
    }
    expect(readRun(dataDir, 'kafka')).toEqual({ ports: expect.any(Object) });
  }, 180_000);

  it('listen on loopback, and are gone when they are disposed', async () => {
    await using parts = await startJvmParts({ dataDir, partsDir });
    expect(parts.brokers).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(parts.registryUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/apis\/ccompat\/v7$/);
    expect(readFileSync(logPath(dataDir, 'kafka'), 'utf8')).toContain('Kafka Server started');
    const ids = [partOf('kafka'), partOf('registry')];
    await parts[Symbol.asyncDispose]();
    expect(await Promise.all(ids.map((id) => gone(id, 0)))).toEqual([true, true]);
  }, 120_000);
});

function partOf(name: string): ProcessId {
  const { part } = readRun(dataDir, name);
  expect(identify(part!.pid)).toEqual(part);
  return part!;
}

type Admin = ReturnType<Kafka['admin']>;

async function withAdmin<T>(broker: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Registers the schema; the same schema answers with the same id. */
async function register(url: string): Promise<number> {
  const answer = await fetch(`${url}/subjects/kept-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: SCHEMA }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { id: number }).id;
}
