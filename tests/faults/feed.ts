// Feeds both inputs so that what is on the broker is at any moment a beginning of the merged history:
// no record before an earlier one of its partition has been acknowledged. So there is one right result,
// whenever a task looks. The feed outlives the broker's restarts, and repeats nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import type { BenchData } from '../../bench/attribute/data.ts';
import { flushOf } from '../../bench/attribute/data.ts';
import { benchClicks, benchImpressions } from '../../bench/attribute/topics.ts';
import type { Codec } from '../../schemas/codec.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Missed } from './missed.ts';

/** Records of one partition and topic sent together at the most. */
const runLength = 200;

const inputs = [benchImpressions, benchClicks] as const;

interface Step {
  readonly event: object;
  /** Index in `inputs`. */
  readonly input: number;
  readonly message: Message;
}

export interface FeedOptions {
  readonly kafka: Kafka;
  readonly data: BenchData;
  readonly partitions: number;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly codecOf: (topic: AnyTopic) => Codec;
  /**
   * Time without a new record after which a request that failed has arrived or never will, ms: longer than
   * a fault may hold it back.
   */
  readonly quietMs: number;
}

export class Feed {
  readonly total: number;
  /** By partition, in order of time. */
  private readonly history: readonly (readonly Step[])[];
  private readonly sent: number[];
  private readonly options: FeedOptions;

  constructor(options: FeedOptions) {
    this.options = options;
    this.history = histories(options);
    this.sent = this.history.map(() => 0);
    this.total = this.history.reduce((sum, { length }) => sum + length, 0);
  }

  get done(): number {
    return this.sent.reduce((sum, count) => sum + count, 0);
  }

  /** The events of these ranges. */
  eventsIn(ranges: readonly Missed[]): Set<object> {
    const found = ranges.flatMap(({ topic, partition, from, to }) =>
      this.history[partition]!.filter(({ input }) => inputs[input]!.name === topic).slice(from, to),
    );
    return new Set(found.map(({ event }) => event));
  }

  /** Sends everything, at any time no more than the share of it, 0 to 1, that `due` allows. */
  async run(due: () => number): Promise<void> {
    const { kafka } = this.options;
    const admin = kafka.admin();
    await admin.connect();
    let producer = await this.connect();
    try {
      while (!(await this.feedAll(producer, due))) {
        await producer.disconnect().catch(() => {}); // its connections may be gone
        await this.resume(admin);
        producer = await this.connect();
      }
      await this.verify(admin);
    } finally {
      await producer.disconnect().catch(() => {});
      await admin.disconnect();
    }
  }

  /** Feeds the partitions side by side. @returns whether all were acknowledged */
  private async feedAll(producer: Producer, due: () => number): Promise<boolean> {
    let failed = false;
    const isFailed = () => failed;
    const feeding = this.history.map(async (_, partition) => {
      try {
        await this.feedOne(producer, partition, due, isFailed);
      } catch {
        failed = true;
      }
    });
    await Promise.all(feeding);
    return !failed;
  }

  private async feedOne(
    producer: Producer,
    partition: number,
    due: () => number,
    isFailed: () => boolean,
  ): Promise<void> {
    const history = this.history[partition]!;
    while (this.sent[partition]! < history.length && !isFailed()) {
      if (this.sent[partition]! >= due() * history.length) {
        await sleep(5);
        continue;
      }
      const run = nextRun(history, this.sent[partition]!);
      const topic = this.options.nameOf(inputs[run[0]!.input]!);
      // A request for each partition: of several in one, the client may repeat what has arrived.
      await producer.send({ topic, messages: run.map(({ message }) => message) });
      this.sent[partition]! += run.length;
    }
  }

  /** Goes on behind what is there: one partition has one writer, so its end says how far it got. */
  private async resume(admin: Admin): Promise<void> {
    let before = '';
    for (let since = performance.now(); ; ) {
      await sleep(1_000);
      const ends = await this.ends(admin).catch(() => undefined);
      const known = ends && (await this.areInSync(admin));
      if (!known || JSON.stringify(ends) !== before) {
        before = known ? JSON.stringify(ends) : '';
        since = performance.now();
      } else if (performance.now() - since > this.options.quietMs) {
        this.sent.splice(0, ends.length, ...ends.map((counts) => counts[0]! + counts[1]!));
        return;
      }
    }
  }

  /** Whether enough brokers have what is there: before that, the end does not count all of it. */
  private async areInSync(admin: Admin): Promise<boolean> {
    try {
      const { topics } = await admin.fetchTopicMetadata({
        topics: inputs.map(this.options.nameOf),
      });
      const of = topics.flatMap(({ partitions }) => partitions);
      return of.every((one) => one.leader >= 0 && one.isr.length * 2 > one.replicas.length);
    } catch {
      return false;
    }
  }

  /** By partition, how many records each input holds. */
  private async ends(admin: Admin): Promise<number[][]> {
    const ends: number[][] = this.history.map(() => inputs.map(() => 0));
    for (const [input, topic] of inputs.entries()) {
      for (const { partition, high } of await admin.fetchTopicOffsets(this.options.nameOf(topic))) {
        ends[partition]![input] = Number(high);
      }
    }
    return ends;
  }

  /** Lost or doubled input would be taken for the runtime's fault. */
  private async verify(admin: Admin): Promise<void> {
    const wanted = this.history.map((history) =>
      inputs.map((_, input) => history.filter((step) => step.input === input).length),
    );
    const found = await this.ends(admin);
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      throw new Error(
        `The feed is broken: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`,
      );
    }
  }

  /**
   * A producer that repeats nothing: a request that failed may have arrived, and `resume` finds out. The
   * client's own repeats were seen to double records after a broker was killed, by number or not.
   */
  private async connect(): Promise<Producer> {
    for (;;) {
      const producer = this.options.kafka.producer({
        maxInFlightRequests: 1,
        retry: { retries: 0 },
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      try {
        await producer.connect();
        return producer;
      } catch {
        await producer.disconnect().catch(() => {});
        await sleep(500); // the broker is away
      }
    }
  }
}

/** The next records that are of one topic. */
function nextRun(history: readonly Step[], from: number): readonly Step[] {
  let to = from;
  while (to < history.length && to - from < runLength) {
    if (history[to]!.input !== history[from]!.input) break;
    to++;
  }
  return history.slice(from, to);
}

function histories({ data, partitions, nameOf, codecOf }: FeedOptions): Step[][] {
  const partitionOf = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  const history: Step[][] = partitionMetadata.map(() => []);
  const add = (input: number, event: { userId: string; at: number }, at?: number) => {
    const topic: AnyTopic = inputs[input]!;
    const message = {
      key: topic.keyOf(event),
      value: codecOf(topic).encode(event),
      timestamp: String(event.at),
    };
    const partition = at ?? partitionOf({ topic: nameOf(topic), partitionMetadata, message });
    history[partition]!.push({ event, input, message: { ...message, partition } });
  };
  let click = 0;
  for (const shown of data.impressions) {
    while (click < data.clicks.length && data.clicks[click]!.at < shown.at) {
      add(1, data.clicks[click++]!);
    }
    add(0, shown);
  }
  for (; click < data.clicks.length; click++) add(1, data.clicks[click]!);
  for (let partition = 0; partition < partitions; partition++) {
    add(0, flushOf(data, partition), partition);
  }
  return history;
}
