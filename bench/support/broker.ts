// What every benchmark stands on: an embedded broker in a directory of its own that is gone afterwards,
// and a way in that ends cleanly on Ctrl-C and says what is wrong.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin, Kafka } from 'kafkajs';
import { destination, pino } from 'pino';
import { readConfig } from '../../app/config/read.ts';
import { untilSignal } from '../../app/signals.ts';
import { startKafka } from '../../infra/embedded/kafka.ts';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { MillraceError } from '../../schemas/errors.ts';

export interface BenchBroker {
  /** Bootstrap address, `host:port`. */
  readonly address: string;
  readonly pid: number;
  readonly kafka: Kafka;
  readonly admin: Admin;
  /** Scratch directory, which is removed afterwards. */
  readonly directory: string;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Gives names that no earlier run has used, since committed offsets outlive their topics. */
  readonly newId: (what: string) => string;
}

/** Writes one line for people, on stderr: stdout is for results alone. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** A log of warnings on stderr; LOG_LEVEL asks for more. */
export const benchLog = () =>
  pino({ level: process.env.LOG_LEVEL || 'warn' }, destination({ dest: 2, sync: true }));

/**
 * Runs work on a broker of its own.
 * @param work resolves to whether all is right
 * @returns the exit code
 */
export async function onBroker(work: (broker: BenchBroker) => Promise<boolean>): Promise<number> {
  const signal = untilSignal();
  try {
    await using resources = new AsyncDisposableStack();
    const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    resources.defer(() => rmSync(directory, { recursive: true, force: true }));
    const { partsDir } = readConfig();
    const broker = resources.use(
      // All members of a side get their partitions at once, which is nothing that is measured.
      await startKafka({ dataDir: directory, partsDir, log: say, rebalanceDelayMs: 500 }),
    );
    const kafka = connectKafka({ brokers: [broker.brokers] }, benchLog());
    const admin = kafka.admin();
    await admin.connect();
    resources.defer(() => admin.disconnect());
    let ids = 0;
    const right = await work({
      address: broker.brokers,
      pid: broker.pid,
      kafka,
      admin,
      directory,
      signal,
      newId: (what) => `${what}-${process.pid}-${++ids}`,
    });
    return right ? 0 : 1;
  } catch (error) {
    // Whatever breaks because everything is being ended is no error.
    if (signal.aborted) return Number(process.exitCode ?? 130);
    const known = error instanceof MillraceError;
    say(known ? `\nError (${error.code}): ${error.message}` : `\n${(error as Error).stack}`);
    return 1;
  }
}
