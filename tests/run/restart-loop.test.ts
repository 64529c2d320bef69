// `millrace run` as its supervisor sees it: killed five times soon after its start, it says why it does not
// start a sixth time, and asks no broker for anything.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { millrace } from '../support/millrace.ts';

it('takes no partitions after five sudden ends, and says so', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-loop-'));
  let asked = 0;
  // It listens, and never answers.
  const broker = createServer(() => asked++).listen(0, '127.0.0.1');
  await new Promise((resolve) => broker.once('listening', resolve));
  const { port } = broker.address() as { port: number };
  const env = {
    KAFKA_BROKERS: `127.0.0.1:${port}`,
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9',
  };
  const start = () => millrace(['run', '--no-clickhouse', '--data-dir', dir], env);
  const starts = join(dir, 'run', 'starts.json');
  const noted = () => {
    const text = existsSync(starts) ? readFileSync(starts, 'utf8') : '';
    return text.split('"at":').length - 1; // it may be cut short, while it is being written
  };
  try {
    for (let i = 1; i <= 5; i++) {
      const run = start();
      while (noted() < i && run.child.exitCode === null) await sleep(5);
      run.child.kill('SIGKILL');
      expect(await run.ended).toBeNull();
      expect(noted()).toBe(i);
    }
    asked = 0;
    const sixth = start();
    expect(await sixth.ended).toBe(1);
    expect(sixth.output.err).toMatch(/ended 5 times without a word/);
    expect(sixth.output.err).toMatch(/restart-loop/);
    expect(asked).toBe(0);
  } finally {
    broker.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
