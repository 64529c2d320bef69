// `npm run bench:soak`: the job of bench:streams at half the maximum load for minutes: is memory flat?
// With --overload, a producer ten times too fast for a step made slow: is memory bounded?
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { namesUnder } from './attribute/topics.ts';
import { type BenchBroker, onBroker, say } from './support/broker.ts';
import { maximumRate, startLive } from './support/live.ts';
import { Load } from './support/load.ts';
import { positive, readOptions, wholeNumber } from './support/options.ts';
import { residentMiB } from './support/proc.ts';
import { mean } from './support/statistics.ts';

const program = new Command('bench:soak')
  .description('Resident memory over time at half the maximum load, or under overload.')
  .option('--minutes <n>', 'how long', '10')
  .option('--rate <events/s>', 'instead of half the maximum, which is measured first')
  .option('--overload', 'a step that takes 0.5 ms, a producer of ten times what it can do')
  .option('--window-ms <n>', 'how long a slate waits for clicks', '1000')
  .option('--commit-ms <n>', 'commit interval', '100')
  .option('--json', 'one line on stdout');

const given = readOptions(
  program,
  z.object({
    minutes: positive,
    rate: positive.optional(),
    overload: z.boolean().default(false),
    windowMs: z.coerce.number().min(100),
    commitMs: wholeNumber,
    json: z.boolean().default(false),
  }),
);

/** Time that a record takes when the step is made slow, ms. */
const slowMs = 0.5;
/** Largest rate of a step that is made slow, events a second. */
const slowRate = 1000 / slowMs;

async function soak(broker: BenchBroker): Promise<boolean> {
  const { windowMs, commitMs, overload } = given;
  const rate = given.rate ?? (overload ? 10 * slowRate : await halfMaximum(broker));
  const settings = { windowMs, commitEveryMs: commitMs, slowMs: overload ? slowMs : 0 };
  await using live = await startLive(broker, settings);
  const nameOf = namesUnder(live.prefix, live.prefix);
  const load = new Load({ kafka: broker.kafka, nameOf, rate, windowMs });
  say(`${rate} events/s for ${given.minutes} minutes`);
  const end = new AbortController();
  const running = load.run(AbortSignal.any([end.signal, broker.signal]));

  const samples: { resident: number; heap: number; buffers: number; lag: number }[] = [];
  const begun = performance.now();
  for (let second = 1; second <= given.minutes * 60; second++) {
    await Promise.race([sleep(begun + second * 1000 - performance.now()), live.ended, running]);
    broker.signal.throwIfAborted();
    const { processed, heapMiB, buffersMiB } = live.latest();
    const lag = Math.max(0, load.sent - processed);
    samples.push({ resident: residentMiB(live.pid), heap: heapMiB, buffers: buffersMiB, lag });
    if (second % 30 === 0) {
      const { resident, heap } = samples.at(-1)!;
      say(
        `  ${second} s: ${resident.toFixed(0)} MiB resident, ${heap.toFixed(0)} heap, lag ${lag}`,
      );
    }
  }
  end.abort();
  await running;

  const third = Math.floor(samples.length / 3);
  const middle = mean(samples.slice(third, 2 * third).map(({ resident }) => resident));
  const last = mean(samples.slice(2 * third).map(({ resident }) => resident));
  const most = (of: (sample: (typeof samples)[number]) => number) => Math.max(...samples.map(of));
  const result = {
    mode: overload ? 'overload' : 'half load',
    eventsPerSecond: rate,
    minutes: given.minutes,
    events: load.sent,
    residentMiB: {
      middleThird: Number(middle.toFixed(1)),
      lastThird: Number(last.toFixed(1)),
      ratio: Number((last / middle).toFixed(4)),
      most: Number(most(({ resident }) => resident).toFixed(1)),
    },
    mostHeapMiB: Number(most(({ heap }) => heap).toFixed(1)),
    mostBuffersMiB: Number(most(({ buffers }) => buffers).toFixed(1)),
    lag: { last: samples.at(-1)!.lag, most: most(({ lag }) => lag) },
    producerLateMs: Number(load.lateMs.toFixed(1)),
  };
  if (!overload) await live.stop();
  if (given.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return true;
  }
  const { residentMiB: of, lag } = result;
  process.stdout.write(`${result.mode}, ${rate} events/s, ${given.minutes} minutes
resident memory: ${of.middleThird} MiB in the middle third, ${of.lastThird} in the last (${of.ratio} times), at most ${of.most}
heap at most ${result.mostHeapMiB} MiB, buffers at most ${result.mostBuffersMiB} MiB
lag: ${lag.last} records in the end, at most ${lag.most}
`);
  return true;
}

const halfMaximum = async (broker: BenchBroker) => {
  const { windowMs, commitMs } = given;
  return Math.round((await maximumRate(broker, { windowMs, commitEveryMs: commitMs })) / 2);
};

process.exit(await onBroker(soak));
