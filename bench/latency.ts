// `npm run bench:latency`: at half the maximum load, how long it takes from the moment an impression's
// window closes to its committed example, and from a click to the updated user state, as a reader of
// committed records sees them. The job of bench:streams, with a short window.
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { Fetcher } from '../infra/kafka/fetcher.ts';
import {
  type BenchExample,
  type BenchUser,
  benchCodecs,
  benchExamples,
  namesUnder,
  usersChangelog,
} from './attribute/topics.ts';
import { type BenchBroker, benchLog, onBroker, say } from './support/broker.ts';
import { Latencies } from './support/latencies.ts';
import { type Live, maximumRate, startLive } from './support/live.ts';
import { Load, wallClock } from './support/load.ts';
import { positive, readOptions, wholeNumber } from './support/options.ts';
import { quantile } from './support/statistics.ts';
import { partitions } from './support/topics.ts';

const program = new Command('bench:latency')
  .description('Latency at half the maximum load: p50 and p99, ms.')
  .option('--rate <events/s>', 'instead of half the maximum, which is measured first')
  .option('--seconds <n>', 'measured, after at least ten of warming up', '30')
  .option('--window-ms <n>', 'how long a slate waits for clicks', '1000')
  .option('--commit-ms <n>', 'commit interval', '100')
  .option('--json', 'one line on stdout');

const given = readOptions(
  program,
  z.object({
    rate: positive.optional(),
    seconds: positive,
    windowMs: z.coerce.number().min(100),
    commitMs: wholeNumber,
    json: z.boolean().default(false),
  }),
);

/** Shortest time to warm up, and longest time to wait until the job keeps up, s. */
const warmUpSeconds = 10;
const longestWarmUpSeconds = 60;

/** Longest time that the results of the last events are waited for, s. */
const tailSeconds = 20;

async function measure(broker: BenchBroker): Promise<boolean> {
  const { windowMs, commitMs } = given;
  const settings = { windowMs, commitEveryMs: commitMs };
  const rate = given.rate ?? Math.round((await maximumRate(broker, settings)) / 2);
  await using live = await startLive(broker, { ...settings, slowMs: 0 });
  const latencies = new Latencies(partitions, windowMs, (userId) => userId.endsWith('0'));
  await using fetcher = await readLive(broker, live.prefix, latencies);
  fetcher satisfies AsyncDisposable;
  const load = new Load({
    kafka: broker.kafka,
    nameOf: namesUnder(live.prefix, live.prefix),
    rate,
    windowMs,
    onImpression: (shown, partition) => latencies.shown(shown, partition),
    onClick: (click, partition) => latencies.clicked(click, partition),
  });
  say(`${rate} events/s`);
  const end = new AbortController();
  const running = load.run(AbortSignal.any([end.signal, broker.signal]));
  await Promise.race([warmUp(live, load), live.ended]);
  latencies.examples = [];
  latencies.users = [];
  load.lateMs = 0;
  await Promise.race([sleep(given.seconds * 1000), live.ended]);
  const { examples, users } = latencies;
  end.abort();
  await running;
  const never = () => latencies.missing.examples + latencies.missing.users;
  for (let left = tailSeconds; left > 0 && never() > 0; left--) await sleep(1000);
  broker.signal.throwIfAborted();
  const summary = (values: readonly number[]) => ({
    p50: Number(quantile(values, 0.5).toFixed(1)),
    p99: Number(quantile(values, 0.99).toFixed(1)),
    measured: values.length,
  });
  const result = {
    eventsPerSecond: rate,
    windowMs,
    commitMs,
    closedToExampleMs: summary(examples),
    clickToUserStateMs: summary(users),
    missing: latencies.missing,
    producerLateMs: Number(load.lateMs.toFixed(1)),
  };
  await live.stop();
  const { missing } = result;
  const complete = missing.examples + missing.users === 0;
  if (given.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return complete;
  }
  const words = ({ p50, p99, measured }: ReturnType<typeof summary>) =>
    `p50 ${p50} ms, p99 ${p99} ms (${measured} measured)`;
  process.stdout.write(`at ${rate} events/s, committing every ${commitMs} ms
window closed to committed example: ${words(result.closedToExampleMs)}
click to updated user state:        ${words(result.clickToUserStateMs)}
never seen: ${missing.examples} examples, ${missing.users} clicks
`);
  return complete;
}

/**
 * Runs until the job has caught up: it falls behind at first, when it is cold, and nothing is
 * measured before.
 */
async function warmUp(live: Live, load: Load): Promise<void> {
  let calm = 0;
  for (let second = 1; second <= longestWarmUpSeconds; second++) {
    await sleep(1000);
    calm = load.sent - live.latest().processed < 1.5 * load.rate ? calm + 1 : 0;
    if (second >= warmUpSeconds && calm >= 5) return say(`measuring after ${second} s`);
  }
  say(`measuring after ${longestWarmUpSeconds} s, though the job is behind`);
}

/** A reader of committed records that waits at the ends, as a consumer in a hurry does. */
async function readLive(broker: BenchBroker, prefix: string, latencies: Latencies) {
  const failed = (error: unknown) => say(`The reader failed: ${(error as Error).message}`);
  const fetcher = new Fetcher({
    kafka: broker.kafka,
    log: benchLog(),
    limits: { maxWaitMs: 100, minBytes: 1, maxBytes: 32 << 20, maxBytesPerPartition: 8 << 20 },
    onFailed: failed,
  });
  const readings = [benchExamples, usersChangelog].flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({
      topic: prefix + topic.name,
      partition,
      from: 0,
      onFetched({ records }: { records: readonly { key: Buffer | null; value: Buffer | null }[] }) {
        const now = wallClock();
        for (const { key, value } of records) {
          // Every tenth user is followed; the others' records are not even decoded.
          if (!key || !value || key.at(-1) !== zero) continue;
          const event = benchCodecs.of(topic).decode(value);
          if (topic === benchExamples) latencies.exampleRead(event as BenchExample, now);
          else latencies.userRead(key.toString(), event as BenchUser, now);
        }
      },
    })),
  );
  await fetcher.read(readings);
  return fetcher;
}

const zero = '0'.charCodeAt(0);

process.exit(await onBroker(measure));
