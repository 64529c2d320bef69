// Starts the job `attribute` in a process of its own, on inputs of its own, and follows how it is.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { positions } from '../../schemas/topics/positions.ts';
import {
  benchClicks,
  benchExamples,
  benchImpressions,
  namesUnder,
  openChangelog,
  usersChangelog,
} from '../attribute/topics.ts';
import { type BenchBroker, say } from './broker.ts';
import { startChild } from './child.ts';
import { Load } from './load.ts';
import { compacted, createTopics } from './topics.ts';

/** The shape of what the process of bench/attribute/live.ts is told. */
export const liveShape = z.object({
  /** Bootstrap address, `host:port`. */
  address: z.string(),
  /** Prefix of its application and of all its topics. */
  prefix: z.string(),
  windowMs: z.number().positive(),
  commitEveryMs: z.number().positive(),
  /** Time by which each record is made to take longer, ms. */
  slowMs: z.number().nonnegative(),
});

const reportShape = z.object({
  /** Number of records of both inputs so far. */
  processed: z.number(),
  heapMiB: z.number(),
  /** Memory outside the heap, MiB: what was fetched, and what is being sent. */
  buffersMiB: z.number(),
});

export type LiveReport = z.infer<typeof reportShape>;

export interface Live extends AsyncDisposable {
  readonly pid: number;
  readonly prefix: string;
  /** Rejects if the process ends by itself. */
  readonly ended: Promise<void>;
  readonly latest: () => LiveReport;
  /** Lets the process commit what it holds, and waits until it is gone. */
  stop(): Promise<LiveReport>;
}

/**
 * Settings of topics of a long run: what it writes is dropped after a minute, when the broker comes
 * round to it.
 */
const shortlived = { 'retention.ms': '60000', 'segment.bytes': String(64 << 20) };

/** Starts the process; resolves once it runs. */
export async function startLive(
  broker: BenchBroker,
  settings: { windowMs: number; commitEveryMs: number; slowMs: number },
): Promise<Live> {
  const prefix = `${broker.newId('live')}-`;
  const named = (topics: readonly { name: string }[]) => topics.map(({ name }) => prefix + name);
  const { admin, address, signal } = broker;
  await createTopics(admin, named([benchImpressions, benchClicks, benchExamples]), shortlived);
  await createTopics(admin, named([openChangelog, usersChangelog, positions]), compacted);
  let latest: LiveReport | undefined;
  const started = Promise.withResolvers<void>();
  const child = startChild('../attribute/live.ts', {
    told: { address, prefix, ...settings } satisfies z.infer<typeof liveShape>,
    signal,
    onMessage(message) {
      latest = reportShape.parse(message);
      started.resolve();
    },
  });
  await Promise.race([started.promise, child.ended.then(() => Promise.reject(new Error('ended')))]);
  return {
    pid: child.pid,
    prefix,
    ended: child.ended,
    latest: () => latest!,
    async stop() {
      child.send('stop');
      await child.ended;
      return latest!;
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** Factor by which the load grows from step to step. */
const growth = 1.12;
/** Length of a step, s. */
const stepSeconds = 8;
/** Length of the last part of a step, by which it is judged, s. */
const judgedSeconds = 3;
/** Load of the first step, events a second. */
const firstRate = 6_000;

/** Largest backlog of a job that keeps up, as the time in which its events come, s. */
const behindSeconds = 1;

/**
 * Largest rate of events that the job keeps up with, events a second as they come. Events of the
 * present cost more than the same ones caught up with, since slates are open across commits.
 */
export async function maximumRate(
  broker: BenchBroker,
  settings: { windowMs: number; commitEveryMs: number },
): Promise<number> {
  say('Finding the maximum load');
  await using live = await startLive(broker, { ...settings, slowMs: 0 });
  const nameOf = namesUnder(live.prefix, live.prefix);
  const { kafka, signal } = broker;
  const load = new Load({ kafka, nameOf, rate: firstRate, windowMs: settings.windowMs });
  const end = new AbortController();
  const running = load.run(AbortSignal.any([end.signal, signal]));
  // Whoever starts cold falls behind at first.
  await Promise.race([sleep(10_000), live.ended, running]);
  let most = 0;
  for (let rate: number = firstRate; ; rate = Math.round(rate * growth)) {
    load.rate = rate;
    await sleep((stepSeconds - judgedSeconds) * 1000);
    const lags: number[] = [];
    load.lateMs = 0;
    for (let second = 0; second < judgedSeconds; second++) {
      await Promise.race([sleep(1000), live.ended, running]);
      signal.throwIfAborted();
      lags.push(load.sent - live.latest().processed);
    }
    const behind = Math.min(...lags) / rate;
    say(
      `  ${rate} events/s: ${behind.toFixed(2)} s behind, sent ${load.lateMs.toFixed(0)} ms late`,
    );
    if (behind > behindSeconds || load.lateMs > 1000 * behindSeconds) break;
    most = rate;
  }
  end.abort();
  await running;
  if (most === 0) throw new Error(`The job does not even keep up with ${firstRate} events/s.`);
  return most;
}
