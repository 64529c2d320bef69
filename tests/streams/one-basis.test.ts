// Two members with the language model make one basis: whatever each makes and sees first, in which order
// the topics come to it, and whoever is started again.
import { describe, expect, it } from '@jest/globals';
import { withVectors } from '../../models/context-vectors.ts';
import { FITTED } from '../../models/llm/bases.ts';
import { normal } from '../../models/normal.ts';
import { learningPolicies } from '../../models/policies.ts';
import { hash32, Random, shuffled } from '../../models/random.ts';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import { type ItemVector, itemVectors } from '../../schemas/topics/item-vectors.ts';
import type { snapshots } from '../../schemas/topics/snapshots.ts';
import { snapshotTable } from '../../streams/engine/snapshot-table.ts';
import type { Context, StageLogic } from '../../streams/engine/stage.ts';
import { TableSet } from '../../streams/engine/table.ts';
import { basisStage, publishedBases } from '../../streams/learn/basis-stage.ts';
import { vectorsOf } from '../../streams/serve/vectors.ts';
import { vectorsTable } from '../../streams/tables/vectors.ts';
import { madeExamples } from '../support/examples.ts';

const WIDTH = 40;
const ITEMS = 150;

/** A topic of one partition, compacted or not. */
class Log {
  readonly records: { topic: AnyTopic; event: unknown }[] = [];

  /** What compaction leaves: the last record of each key, in order. */
  compacted() {
    const last = new Map(this.records.map((one, i) => [one.topic.keyOf(one.event), i]));
    const kept = new Set(last.values());
    return this.records.filter((_, i) => kept.has(i));
  }
}

/** The single writer of the bases; it may be started again from what it published. */
class Writer {
  private logic: StageLogic = basisStage().create(new TableSet([]));
  private next = 0;
  private readonly vectors: Log;
  private readonly published: Log;

  constructor(vectors: Log, published: Log) {
    this.vectors = vectors;
    this.published = published;
  }

  /** Takes one vector of the topic, if there is one. */
  step(): void {
    const record = this.vectors.records[this.next];
    if (!record) return;
    const emit = <T extends AnyTopic>(topic: T, event: EventOf<T>) =>
      void this.published.records.push({ topic, event });
    const offset = this.next++;
    const context = { emit } as Context;
    this.logic.handlers[0]!.handle(record.event, context, {
      topic: itemVectors.name,
      partition: 0,
      offset,
    });
  }

  /** As the runtimes do it: the latest snapshot, and the input from the offset it stands for. */
  restart(): void {
    const table = snapshotTable.create();
    for (const { event } of this.published.records) table.apply(event as never);
    const latest = table.latest('llm-basis');
    this.logic = basisStage().create(new TableSet([]));
    this.logic.snapshot!.load(latest?.bytes);
    const reached = this.next;
    this.next = latest?.offsets[0]?.offset ?? 0;
    while (this.next < reached) this.step();
  }
}

/** A process with the language model: tables that lag behind their topics, and vectors of its own making. */
class Member {
  private tables = new TableSet([vectorsTable, snapshotTable]);
  private bases = publishedBases();
  private readonly logs: readonly Log[];
  private read: number[];
  private readonly wishes: string[];
  private readonly name: string;

  constructor(name: string, logs: readonly Log[], random: Random) {
    this.name = name;
    this.logs = logs;
    this.read = logs.map(() => 0);
    this.wishes = shuffled(
      Array.from({ length: ITEMS }, (_, i) => `i${i}`),
      random,
    );
  }

  /** Makes a vector that its table lacks. Its numbers are those of its machine. */
  make(): void {
    const itemId = this.wishes.shift();
    if (!itemId || this.tables.of(vectorsTable).of('representer').has(itemId)) return;
    const random = new Random(hash32(itemId, 1));
    const own = new Random(hash32(this.name, hash32(itemId)));
    const vector = Array.from({ length: WIDTH }, () => normal(random) + 1e-4 * normal(own));
    const event: ItemVector = { hash: itemId, itemId, at: 0, model: 'm', vector, roles: [] };
    this.logs[0]!.records.push({ topic: itemVectors, event });
  }

  /** Reads on in one of its topics. */
  step(which: number): void {
    const record = this.logs[which]!.records[this.read[which]!];
    if (!record) return;
    this.read[which]!++;
    this.tables.apply(record.topic, record.topic.keyOf(record.event), record.event);
  }

  /** Starts again: its tables come from what compaction has left of the topics. */
  restart(): void {
    this.tables = new TableSet([vectorsTable, snapshotTable]);
    this.bases = publishedBases();
    for (const log of this.logs) {
      for (const { topic, event } of log.compacted()) {
        this.tables.apply(topic, topic.keyOf(event), event);
      }
    }
    this.read = this.logs.map(({ records }) => records.length);
  }

  /** The example as `serve` would write it here. */
  exampleOf(example: Example): Example {
    const own = this.tables.of(vectorsTable).of('policy');
    const bases = this.bases.of(this.tables.of(snapshotTable));
    const space = own.in(bases.of(own.model));
    return withVectors(example, vectorsOf(example.state, { space, counts: () => undefined }));
  }
}

/** Two members and the writer, all in an order drawn by the seed. */
function run(seed: number) {
  const random = new Random(seed);
  const logs = [new Log(), new Log()] as const;
  const writer = new Writer(...logs);
  const members = ['one', 'two'].map((name) => new Member(name, logs, random));
  const written: Example[] = [];
  for (const example of madeExamples(250, 12, ITEMS, seed)) {
    for (let i = 0; i < 6; i++) {
      const member = members[random.below(2)]!;
      const move = random.next();
      if (move < 0.3) member.make();
      else if (move < 0.55) member.step(0);
      else if (move < 0.7) member.step(1);
      else if (move < 0.98) writer.step();
      else if (move < 0.99) member.restart();
      else writer.restart();
    }
    written.push(members[random.below(2)]!.exampleOf(example));
  }
  return { written, logs };
}

describe('two members with the language model', () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  const runs = seeds.map(run);
  const spaces = runs.map(
    ({ written }) => new Set(written.map(({ space }) => space).filter((space) => space !== '')),
  );

  it('come to one basis, equal by hash, in every order of 200', () => {
    expect(spaces.filter(({ size }) => size !== 1)).toEqual([]);
    // The orders do differ: so do the bases, from run to run.
    expect(new Set(spaces.flatMap((ids) => [...ids])).size).toBeGreaterThan(150);
  });

  it('publish it as soon as there are enough vectors, and before that nobody has a space', () => {
    for (const { logs } of runs) {
      const [vectors, published] = logs;
      expect(published.records.length).toBeGreaterThan(0);
      const items = new Set(
        vectors.records
          .slice(0, (published.records[0]!.event as EventOf<typeof snapshots>).offsets[0]!.offset)
          .map(({ event }) => (event as ItemVector).itemId),
      );
      expect(items.size).toBe(FITTED);
    }
  });

  it('keep the head: its stage begins no second one', () => {
    for (const { written } of runs) {
      const policy = learningPolicies.get('llm')!.create();
      let learned = 0;
      for (const example of written) {
        policy.learn(example);
        if (example.space !== '' && example.profile.length > 0) learned++;
      }
      expect(learned).toBeGreaterThan(20);
      expect(policy.version).toBe(learned);
      // A head that was begun anew remembers how many slates were learned before it.
      expect(Buffer.from(policy.save()).toString('latin1')).toContain('"before":0');
    }
  });
});
