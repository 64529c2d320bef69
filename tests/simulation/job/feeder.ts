// Writes the inputs: at any moment the brokers hold a beginning of the merged history, so there is one right
// result. Some of it comes in transactions of its writer, which stay open for a while, or are aborted.
import { BatchWriter } from '../../../infra/kafka/wire/batch-writer.ts';
import type { Random } from '../../../models/random.ts';
import type { Codec } from '../../../schemas/codec.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import type { SimulatedCluster } from '../broker/cluster.ts';
import { dayOne } from '../life.ts';
import { codecOf, olderCodec } from './codecs.ts';
import { answers, offers } from './topics.ts';

/** Producer ids of the writers of inputs, which are nobody else's. */
const firstWriter = 1;

/** Pause between two writes to a partition, ms, on average. */
const pauseMs = 450;

/** How far ahead of the clock the time of an event is that has one from the future, ms. */
const futureMs = 7_200_000;

const keys = ['a', 'b', 'c', 'd', 'e'];

export class Feeder {
  private readonly cluster: SimulatedCluster;
  private readonly random: Random;
  private readonly recent: string[][];
  private readonly latest: number[];
  private writers = firstWriter;
  private count = 0;

  constructor(cluster: SimulatedCluster, random: Random, partitions: number) {
    this.cluster = cluster;
    this.random = random;
    this.recent = Array.from({ length: partitions }, () => []);
    this.latest = this.recent.map(() => dayOne);
  }

  /** Writes now and then until a time, ms. */
  feed(until: number): void {
    for (const partition of this.recent.keys()) {
      const next = () => {
        if (this.cluster.time.now >= until) return;
        this.write(partition, this.random.next() < 0.5 ? offers : answers);
        this.cluster.time.after(2 * pauseMs * this.random.next(), next);
      };
      this.cluster.time.after(pauseMs * this.random.next(), next);
    }
  }

  /** Writes once more to everything, outside of transactions. */
  finish(): void {
    for (const partition of this.recent.keys()) {
      for (const topic of [offers, answers]) this.append(partition, topic, undefined);
    }
  }

  private write(partition: number, topic: AnyTopic): void {
    const draw = this.random.next();
    if (draw < 0.7) {
      this.append(partition, topic, undefined);
      return;
    }
    const writer = this.writers++;
    this.append(partition, topic, writer);
    const { time } = this.cluster;
    const held = 3_000 * this.random.next() ** 3;
    const commit = draw < 0.9;
    time.after(held, () =>
      this.cluster.log({ topic: topic.name, partition })!.mark(writer, 0, commit),
    );
  }

  /** Appends a batch of one record or a few. @param writer who has a transaction open for it */
  private append(partition: number, topic: AnyTopic, writer: number | undefined): void {
    const batch = new BatchWriter(512);
    const { random } = this;
    const codec = topic === offers && random.next() < 0.1 ? olderCodec : codecOf(topic);
    const now = dayOne + Math.floor(this.cluster.time.now);
    for (let left = 1 + random.below(4); left > 0; left--) {
      const at = Math.max(this.latest[partition]! + 1, now);
      this.latest[partition] = at;
      this.add(batch, partition, topic, codec, at);
    }
    const producerId = BigInt(writer ?? -1);
    const producerEpoch = writer === undefined ? -1 : 0;
    const first = writer === undefined ? -1 : 0;
    const bytes = batch.finish({ producerId, producerEpoch }, first, writer !== undefined);
    this.cluster.log({ topic: topic.name, partition })!.append(bytes);
  }

  private add(
    batch: BatchWriter,
    partition: number,
    topic: AnyTopic,
    codec: Codec,
    at: number,
  ): void {
    const { random } = this;
    const recent = this.recent[partition]!;
    const id = `${topic.name[0]}${partition}.${this.count++}`;
    const key = `${keys[random.below(keys.length)]}${partition}`;
    const event = { id, key, at, value: 1 + random.below(9), note: 'said' };
    const offer = recent[random.below(recent.length)] ?? 'none';
    if (topic === offers) {
      recent.push(id);
      if (recent.length > 5) recent.shift();
    }
    const draw = random.next();
    let value = codec.encode({ ...event, offer });
    // Two that belong in dead letters: one from the future, and one that nobody can read.
    if (draw < 0.03) value = codec.encode({ ...event, offer, at: at + futureMs });
    else if (draw < 0.05) value = Buffer.from('unreadable');
    batch.append(Buffer.from(key), at, value);
  }
}
