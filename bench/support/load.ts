// A producer that keeps a pace: impressions and clicks with the times at which they were due, whether
// or not the broker kept up, so that what waits for the producer counts as waiting.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { partitionOf } from '../../infra/kafka/wire/murmur2.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { generate } from '../attribute/data.ts';
import {
  type BenchClick,
  type BenchImpression,
  benchClicks,
  benchCodecs,
  benchImpressions,
} from '../attribute/topics.ts';
import { LightProducer } from './light-producer.ts';
import { partitions } from './topics.ts';

export interface LoadOptions {
  readonly kafka: Kafka;
  readonly nameOf: (topic: AnyTopic) => string;
  /** Rate of events of both inputs, events a second. */
  readonly rate: number;
  /** Time within which every click comes, ms. */
  readonly windowMs: number;
  readonly onImpression?: (shown: BenchImpression, partition: number) => void;
  readonly onClick?: (click: BenchClick, partition: number) => void;
}

/** Time since the epoch, ms, with fractions. */
export const wallClock = (): number => performance.timeOrigin + performance.now();

/** Time between two sends, ms. */
const tickMs = 10;
/** Largest number of events in one send. */
const mostAtOnce = 4_000;

/** Number of drawn slates, which are taken again and again with their clicks, under new ids. */
const poolSize = 20_000;

const inputs = [benchImpressions, benchClicks];

export class Load {
  /** Rate of events, events a second; it may be changed at any time. */
  rate: number;
  /** Number of events handed to the broker so far. */
  sent = 0;
  /** Longest time by which an event was sent after it was due, ms. */
  lateMs = 0;
  private readonly options: LoadOptions;
  private readonly pool: readonly { shown: BenchImpression; clicks: readonly BenchClick[] }[];
  /** Clicks to come, by the millisecond. */
  private readonly coming = new Map<number, BenchClick[]>();
  /** Clicks whose time has come. */
  private readonly due: BenchClick[] = [];
  private cursor = 0;
  private drawn = 0;

  constructor(options: LoadOptions) {
    this.options = options;
    this.rate = options.rate;
    const data = generate({ impressions: poolSize });
    const clicks = Map.groupBy(data.clicks, ({ impressionId }) => impressionId);
    this.pool = data.impressions.map((shown) => ({
      shown,
      clicks: clicks.get(shown.impressionId) ?? [],
    }));
  }

  /** Sends until the signal aborts, then what is on its way. */
  async run(signal: AbortSignal): Promise<void> {
    const { kafka, nameOf } = this.options;
    await using producer = await LightProducer.connect(kafka, inputs.map(nameOf));
    let due = wallClock();
    this.cursor = Math.floor(due);
    while (!signal.aborted) {
      const apart = 1000 / this.rate;
      const first = due;
      let events = 0;
      for (const now = wallClock(); due < now && events < mostAtOnce; events++, due += apart) {
        this.next(due, producer);
      }
      if (events > 0) {
        this.lateMs = Math.max(this.lateMs, wallClock() - first);
        await producer.send();
        this.sent += events;
      }
      const spare = due + tickMs - wallClock();
      if (spare > 0) await sleep(spare);
    }
  }

  /** The event that is due: a click whose time has come, else another impression. */
  private next(at: number, producer: LightProducer): void {
    const { nameOf } = this.options;
    for (const now = Math.floor(at); this.cursor <= now; this.cursor++) {
      this.due.push(...(this.coming.get(this.cursor) ?? []));
      this.coming.delete(this.cursor);
    }
    const click = this.due.shift();
    if (click) {
      const partition = partitionFor(click.userId);
      producer.add(nameOf(benchClicks), partition, benchCodecs.of(benchClicks), click);
      this.options.onClick?.(click, partition);
      return;
    }
    const shown = this.show(Math.floor(at));
    const partition = partitionFor(shown.userId);
    producer.add(nameOf(benchImpressions), partition, benchCodecs.of(benchImpressions), shown);
    this.options.onImpression?.(shown, partition);
  }

  /** The next slate of the pool under a new id; its clicks are spread over the window. */
  private show(at: number): BenchImpression {
    const { shown, clicks } = this.pool[this.drawn % poolSize]!;
    const impressionId = shown.impressionId.slice(0, 24) + String(this.drawn++).padStart(12, '0');
    for (const click of clicks) {
      // Somewhere in the first nine tenths, as its drawn delay has it.
      const delay = Math.floor(((click.at - shown.at) % 1000) * 0.0009 * this.options.windowMs);
      const time = at + Math.max(1, delay);
      const coming = this.coming.get(time) ?? [];
      coming.push({ ...click, impressionId, at: time });
      this.coming.set(time, coming);
    }
    return { ...shown, impressionId, at };
  }
}

const known = new Map<string, number>();

function partitionFor(userId: string): number {
  let partition = known.get(userId);
  if (partition === undefined) {
    partition = partitionOf(Buffer.from(userId), partitions);
    known.set(userId, partition);
  }
  return partition;
}
