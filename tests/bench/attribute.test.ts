import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonical, digest, expected, flushOf, generate } from '../../bench/attribute/data.ts';
import { attributeStage } from '../../bench/attribute/stage.ts';
import {
  type BenchExample,
  benchClicks,
  benchCodecs,
  benchExamples,
  benchImpressions,
  namesUnder,
} from '../../bench/attribute/topics.ts';
import type { Stage } from '../../streams/engine/stage.ts';
import { tablesOf } from '../../streams/engine/table.ts';
import { Task } from '../../streams/engine/task.ts';

/** 3,000 slates of 200 users: most have clicked before, and a few clicks are late. */
const options = { impressions: 3_000, users: 200 };
const data = generate(options);

const impressionCodec = benchCodecs.of(benchImpressions);
const clickCodec = benchCodecs.of(benchClicks);

/** Both inputs of one partition as bytes, merged by time, with the flush at the end. */
const records = [
  ...data.impressions.map((event) => ({ topic: benchImpressions, event })),
  ...data.clicks.map((event) => ({ topic: benchClicks, event })),
  { topic: benchImpressions, event: flushOf(data, 0) },
]
  .sort((a, b) => a.event.at - b.event.at)
  .map(({ topic, event }) => ({ topic, at: event.at, bytes: benchCodecs.of(topic).encode(event) }));

interface Kept {
  readonly outputs: string[];
  /** By topic, the latest bytes of each key; what a compacted topic holds. */
  readonly changelogs: Map<string, Map<string, Buffer>>;
}

const nothing = (): Kept => ({
  outputs: [],
  changelogs: new Map(attributeStage().stores.map(({ changelog }) => [changelog.name, new Map()])),
});

/** Commits as the runtime does: outputs and changes as bytes. */
function commit(task: Task, kept: Kept): void {
  const { outputs, changelog } = task.seal();
  for (const { topic, event } of outputs) {
    const codec = benchCodecs.of(topic);
    kept.outputs.push(canonical(codec.decode(codec.encode(event)) as BenchExample));
  }
  for (const { store, changes } of changelog) {
    const log = kept.changelogs.get(store.changelog.name)!;
    for (const [key, value] of changes) {
      if (value === null) log.delete(key);
      else log.set(key, benchCodecs.of(store.changelog).encode(value));
    }
  }
  task.commit();
}

/** Runs a part of the records on a task restored from what was kept; the last `undone` are not committed. */
function life(stage: Stage, from: number, to: number, kept: Kept, undone = 0): void {
  const task = new Task(stage, 0, tablesOf([stage]));
  for (const store of stage.stores) {
    const codec = benchCodecs.of(store.changelog);
    const log = [...kept.changelogs.get(store.changelog.name)!];
    const changes = log.map(([key, bytes]) => [key, codec.decode(bytes)] as const);
    task.stateOf(store).restore(changes, changes.length);
  }
  for (let offset = from; offset < to; offset++) {
    const { topic, at, bytes } = records[offset]!;
    const place = { topic: topic.name, partition: 0, offset };
    task.process(benchCodecs.of(topic).decode(bytes), at, place);
    if (offset % 64 === 0 && offset < to - undone) commit(task, kept);
  }
  if (undone === 0) commit(task, kept);
}

describe('the data of the benchmark', () => {
  // Both digests were made with the peer's own generator (shared/peers/kafka-streams/fill.mjs, N=3000).
  const peers = generate({ impressions: 3_000 });

  it('is the peer’s, byte for byte', () => {
    const hash = createHash('sha256');
    for (const event of peers.impressions) hash.update(impressionCodec.encode(event));
    for (const event of peers.clicks) hash.update(clickCodec.encode(event));
    for (const p of [0, 1]) hash.update(impressionCodec.encode(flushOf(peers, p)));
    expect(hash.digest('hex')).toBe(
      '22d6842b53f6946c1f20c08d62a7af3d1f70ccaa1bd47a87899b742e8661eb78',
    );
  });

  it('has the result that the peer derives from its definition', () => {
    expect(expected(peers)).toEqual({
      outputs: 3_000,
      late: 2,
      sha256: 'c8959ce6de10c024ac2d579ae1957e10a237687b6515840f7f0bb820bf5779cb',
    });
  });

  it('shares the inputs between the sides, and no output', () => {
    const nameOf = namesUnder('run-1-');
    expect(nameOf(benchClicks)).toBe('peer-clicks');
    expect(nameOf(benchExamples)).toBe('run-1-examples');
  });
});

describe('the job of the benchmark', () => {
  const { outputs, late, sha256 } = expected(data);

  it('closes every slate once, with what was known at its time', () => {
    expect(late).toBeGreaterThan(0);
    const kept = nothing();
    life(attributeStage(), 0, records.length, kept);
    expect(kept.outputs).toHaveLength(outputs);
    expect(digest(kept.outputs)).toBe(sha256);
    // Only the flush is still open; every user is remembered.
    expect([...kept.changelogs.get('open-changelog')!.keys()]).toEqual(['flush-0']);
    expect(kept.changelogs.get('users-changelog')!.size).toBe(
      new Set(data.impressions.map(({ userId }) => userId)).size + 1,
    );
  });

  it('comes to the same when a task dies in mid-transaction and is restored', () => {
    const kept = nothing();
    // Offset 1472 is the last that is committed: a multiple of 64, at least 40 before the end.
    life(attributeStage(), 0, 1_540, kept, 40);
    life(attributeStage(), 1_473, records.length, kept);
    expect(digest(kept.outputs)).toBe(sha256);
  });

  it('is another result when the window is', () => {
    const kept = nothing();
    life(attributeStage({ windowMs: 1_000 }), 0, records.length, kept);
    expect(kept.outputs).toHaveLength(outputs);
    expect(digest(kept.outputs)).not.toBe(sha256);
  });
});
