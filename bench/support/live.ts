// Starts the job `attribute` in a process of its own, on inputs of its own, and follows how it is.
import { z } from 'zod';
import { generate } from '../attribute/data.ts';
import {
  benchClicks,
  benchExamples,
  benchImpressions,
  openChangelog,
  usersChangelog,
} from '../attribute/topics.ts';
import { runOurs } from '../comparison/ours.ts';
import { type BenchBroker, say } from './broker.ts';
import { startChild } from './child.ts';
import { compacted, createTopics, dropTopics, fillInputs } from './topics.ts';

/** What the process of bench/attribute/live.ts is told. */
export const liveShape = z.object({
  /** Bootstrap address, `host:port`. */
  address: z.string(),
  /** Of its application and of all its topics. */
  prefix: z.string(),
  windowMs: z.number().positive(),
  commitEveryMs: z.number().positive(),
  /** Time that each record is made to take longer, ms. */
  slowMs: z.number().nonnegative(),
});

const reportShape = z.object({
  /** Records of both inputs so far. */
  processed: z.number(),
  heapMiB: z.number(),
  /** Outside the heap: what was fetched, what is being sent. */
  buffersMiB: z.number(),
});

export type LiveReport = z.infer<typeof reportShape>;

export interface Live extends AsyncDisposable {
  readonly pid: number;
  readonly prefix: string;
  /** Rejects when it ends by itself. */
  readonly ended: Promise<void>;
  readonly latest: () => LiveReport;
  /** Lets it commit what it holds, and waits until it is gone. */
  stop(): Promise<LiveReport>;
}

/** What a long run writes is dropped after a minute, as the broker comes round to it. */
const shortlived = { 'retention.ms': '60000', 'segment.bytes': String(64 << 20) };

/** Resolves once it runs. */
export async function startLive(
  broker: BenchBroker,
  settings: { windowMs: number; commitEveryMs: number; slowMs: number },
): Promise<Live> {
  const prefix = `${broker.newId('live')}-`;
  const named = (topics: readonly { name: string }[]) => topics.map(({ name }) => prefix + name);
  const { admin, address, signal } = broker;
  await createTopics(admin, named([benchImpressions, benchClicks, benchExamples]), shortlived);
  await createTopics(admin, named([openChangelog, usersChangelog]), compacted);
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

/** Impressions of the short phase that finds the maximum load. */
const trialImpressions = 150_000;

/** The most events a second, warm, with what is given: a short run of `bench:streams` without the peer. */
export async function maximumRate(broker: BenchBroker, commitMs: number): Promise<number> {
  say('Finding the maximum load');
  await fillInputs(broker, generate({ impressions: trialImpressions }));
  const id = broker.newId('trial');
  const passes = await runOurs(broker, id, { commitMs });
  await dropTopics(broker.admin, id);
  await dropTopics(broker.admin, benchImpressions.name);
  await dropTopics(broker.admin, benchClicks.name);
  const { eventsPerSecond } = passes.at(-1)!;
  say(`  ${eventsPerSecond} events/s`);
  return eventsPerSecond;
}
