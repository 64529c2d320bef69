// The fault suite: one undisturbed round, then rounds of a few faults each on the same data; every
// round must leave what the undisturbed one left, and that must be what the data's definition says.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { pino } from 'pino';
import { type DataOptions, expected, generate } from '../../bench/attribute/data.ts';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { connected } from './admin.ts';
import { startCluster } from './cluster.ts';
import { without } from './missed.ts';
import { compare, type Difference, type Outcome } from './outcome.ts';
import type { RoundPlan } from './plan.ts';
import { type RoundOptions, type RoundResult, runRound } from './round.ts';

export interface SuiteOptions {
  readonly rounds: readonly RoundPlan[];
  /** One, or three: replication 3, and two must have a record. @default 1 */
  readonly brokers?: number;
  readonly data?: DataOptions;
  /** Workers that run from the start; one more place is for those that join. @default 3 */
  readonly workers?: number;
  /** Time after which no other round begins, ms. @default no limit */
  readonly withinMs?: number;
  /** Keep logs and data of a run that went well, too. @default false */
  readonly keep?: boolean;
  readonly say: (line: string) => void;
}

export interface SuiteResult {
  /** Faults that have struck. */
  readonly faults: number;
  /** Examples that are not there. */
  readonly lost: number;
  /** Examples that are there again. */
  readonly duplicated: number;
  /** Input records that retention deleted before they were read; each is named by a dead letter. */
  readonly missed: number;
  /** Outputs, their order, dead letters and final state are the undisturbed run's, and all is committed. */
  readonly hashesEqual: boolean;
  /** Times the broker refused a worker that another had taken its task over from. */
  readonly fenced: number;
  /** Times a worker gave up and had to be begun again. */
  readonly gaveUp: number;
  /** Logs and data, if they are kept. */
  readonly dir: string | undefined;
}

/** About as many events as flow in half a minute of faults; three brokers on one machine take fewer. */
const dataOn = (brokers: number): DataOptions =>
  brokers === 1 ? { impressions: 20_000, users: 1_000 } : { impressions: 8_000, users: 400 };

export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const begun = performance.now();
  const { withinMs = Number.POSITIVE_INFINITY } = options;
  const {
    rounds,
    brokers = 1,
    data: dataOptions = dataOn(brokers),
    workers = 3,
    keep,
    say,
  } = options;
  const dir = mkdtempSync(join(tmpdir(), 'millrace-faults-'));
  say(`logs and data: ${dir}`);
  await using stack = new AsyncDisposableStack();
  let kept = true;
  stack.defer(() => {
    if (!kept) rmSync(dir, { recursive: true, force: true });
  });
  const cluster = stack.use(await startCluster(dir, { workers: workers + 1, brokers }));
  const log = pino({ level: 'silent' });
  const kafka = connectKafka({ brokers: cluster.addresses }, log);
  const shared = { cluster, kafka, log, dir: join(dir, 'workers'), say };
  const data = generate(dataOptions);
  const reference = await undisturbed('undisturbed', { ...shared, data });

  const differences: Difference[] = [];
  let [faults, fenced, gaveUp, missed] = [0, 0, 0, 0];
  let stuck = false;
  for (const round of rounds) {
    if (performance.now() - begun > withinMs) break;
    faults += round.faults.length;
    const result = await runRound({ ...shared, ...round, data });
    // Without what was deleted, it must have come to what it comes to where that never was.
    const left = without(data, result.missed);
    const like =
      result.missed.size === 0
        ? reference
        : await undisturbed(`${round.name}-without`, { ...shared, data: left });
    const wanted = left.impressions.map(({ impressionId }) => impressionId);
    const difference = compare(result.outcome, like, wanted, wrongIn(result, round));
    differences.push(difference);
    stuck ||= !result.settled;
    for (const line of difference.what) say(`  ${line}`);
    fenced += fencings(result.logFiles);
    gaveUp += result.gaveUp;
    missed += result.missed.size;
    if (difference.hashesEqual) await drop(kafka, result);
  }
  const hashesEqual = !stuck && differences.every((one) => one.hashesEqual);
  kept = keep || !hashesEqual;
  const sum = (of: (one: Difference) => number) =>
    differences.reduce((total, one) => total + of(one), 0);
  return {
    faults,
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    missed,
    hashesEqual,
    fenced,
    gaveUp,
    dir: kept ? dir : undefined,
  };
}

/** A round in which nothing fails. @throws if its result is not what the definition of the data says */
async function undisturbed(
  name: string,
  options: Omit<RoundOptions, 'name' | 'faults' | 'store'>,
): Promise<Outcome> {
  const { data, kafka, dir } = options;
  const result = await runRound({ ...options, name, faults: [], store: 'memory' });
  const { outcome } = result;
  const wanted = data.impressions.map(({ impressionId }) => impressionId);
  const like = { ...outcome, outputs: expected(data).sha256, deadLetters: 0 };
  const { what } = compare(outcome, like, wanted, wrongIn(result));
  if (what.length > 0) {
    throw new Error(`Even undisturbed the result is wrong (${dir}):\n  ${what.join('\n  ')}`);
  }
  await drop(kafka, result);
  return outcome;
}

/** What is wrong besides the outputs: nothing may be missed where only what was read was deleted. */
function wrongIn({ missed, wrong }: RoundResult, round?: RoundPlan): string[] {
  const deletes = round?.faults.some(({ kind }) => kind === 'retention-unread');
  const much = missed.size > 0 && !deletes ? [`${missed.size} records are missed`] : [];
  return [...much, ...wrong];
}

async function drop(kafka: Kafka, { topics }: RoundResult): Promise<void> {
  await using admin = await connected(kafka.admin());
  await admin.deleteTopics({ topics });
}

/** What the broker says to a producer whose transactional id another has taken over. */
const fencing = /old epoch|newer producer|PRODUCER_FENCED|INVALID_PRODUCER_EPOCH/;

function fencings(logFiles: readonly string[]): number {
  return logFiles.reduce((count, file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    return count + lines.filter((line) => fencing.test(line)).length;
  }, 0);
}
