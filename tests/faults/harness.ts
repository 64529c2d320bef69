// The fault suite: one undisturbed round, then rounds of a few faults each on the same data; every
// round must leave what the undisturbed one left, and that must be what the data's definition says.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type DataOptions, expected, generate } from '../../bench/attribute/data.ts';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { startCluster } from './cluster.ts';
import { compare, type Difference } from './outcome.ts';
import type { Fault } from './plan.ts';
import { type RoundResult, runRound } from './round.ts';

export interface SuiteOptions {
  readonly faults: readonly Fault[];
  /** Faults of one round. @default 5 */
  readonly perRound?: number;
  readonly data?: DataOptions;
  /** Workers that run from the start; one more place is for those that join. @default 3 */
  readonly workers?: number;
  /** Keep logs and data of a run that went well, too. @default false */
  readonly keep?: boolean;
  readonly say: (line: string) => void;
}

export interface SuiteResult {
  /** Examples that are not there. */
  readonly lost: number;
  /** Examples that are there again. */
  readonly duplicated: number;
  /** Outputs, their order, dead letters and final state are the undisturbed run's, and all is committed. */
  readonly hashesEqual: boolean;
  /** Times the broker refused a worker that another had taken its task over from. */
  readonly fenced: number;
  /** Times a worker gave up and had to be begun again. */
  readonly gaveUp: number;
  /** Logs and data, if they are kept. */
  readonly dir: string | undefined;
}

/** About as many events as flow in half a minute of faults. */
export const suiteData: DataOptions = { impressions: 20_000, users: 1_000 };

export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { faults, perRound = 5, data: dataOptions = suiteData, workers = 3, keep, say } = options;
  const dir = mkdtempSync(join(tmpdir(), 'millrace-faults-'));
  say(`logs and data: ${dir}`);
  await using stack = new AsyncDisposableStack();
  let kept = true;
  stack.defer(() => {
    if (!kept) rmSync(dir, { recursive: true, force: true });
  });
  const cluster = stack.use(await startCluster(dir, workers + 1));
  const log = pino({ level: 'silent' });
  const kafka = connectKafka({ brokers: [cluster.broker.part.brokers] }, log);
  const workersDir = join(dir, 'workers');
  const data = generate(dataOptions);
  const wanted = data.impressions.map(({ impressionId }) => impressionId);
  const round = (name: string, some: readonly Fault[], store: 'memory' | 'lmdb') =>
    runRound({ name, cluster, kafka, log, data, faults: some, store, dir: workersDir, say });
  const drop = async ({ topics }: RoundResult) => {
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics });
    await admin.disconnect();
  };

  const undisturbed = await round('undisturbed', [], 'memory');
  const reference = undisturbed.outcome;
  if (reference.outputs !== expected(data).sha256 || reference.deadLetters > 0) {
    const { what } = compare(reference, { ...reference, outputs: expected(data).sha256 }, wanted);
    throw new Error(`Even undisturbed the result is wrong (${dir}):\n  ${what.join('\n  ')}`);
  }
  await drop(undisturbed);

  const differences: Difference[] = [];
  let [fenced, gaveUp] = [0, 0];
  let stuck = false;
  for (let from = 0; from < faults.length; from += perRound) {
    const number = from / perRound + 1;
    const some = faults.slice(from, from + perRound);
    // State in memory and on disk by turns; on disk where it is to be damaged.
    const onDisk = number % 2 === 0 || some.some(({ kind }) => kind === 'spoil-state');
    const result = await round(`round-${number}`, some, onDisk ? 'lmdb' : 'memory');
    const difference = compare(result.outcome, reference, wanted);
    differences.push(difference);
    stuck ||= !result.settled;
    for (const line of difference.what) say(`  ${line}`);
    fenced += fencings(result.logFiles);
    gaveUp += result.gaveUp;
    if (difference.hashesEqual) await drop(result);
  }
  const hashesEqual = !stuck && differences.every((one) => one.hashesEqual);
  kept = keep || !hashesEqual;
  const sum = (of: (one: Difference) => number) =>
    differences.reduce((total, one) => total + of(one), 0);
  return {
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    hashesEqual,
    fenced,
    gaveUp,
    dir: kept ? dir : undefined,
  };
}

/** What the broker says to a producer whose transactional id another has taken over. */
const fencing = /old epoch|newer producer|PRODUCER_FENCED|INVALID_PRODUCER_EPOCH/;

function fencings(logFiles: readonly string[]): number {
  return logFiles.reduce((count, file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    return count + lines.filter((line) => fencing.test(line)).length;
  }, 0);
}
