import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../infra/kafka/clock.ts';
import { latestBy } from '../../infra/kafka/errors-policy.ts';
import type { LeftOut } from '../../infra/kafka/left-out.ts';
import { steppedBy } from '../../infra/kafka/task/asked.ts';
import type { TaskEnvironment } from '../../infra/kafka/task/environment.ts';
import { TaskInbox } from '../../infra/kafka/task/inbox.ts';
import { Taken } from '../../infra/kafka/task/taken.ts';
import { readBatches } from '../../infra/kafka/wire/batch-reader.ts';
import { BatchWriter, type RecordHeader } from '../../infra/kafka/wire/batch-writer.ts';
import { type Codec, createCodec, type Incoming, schemaText } from '../../schemas/codec.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { defineTopic } from '../../schemas/topic.ts';

const schema = {
  type: 'record',
  name: 'Note',
  fields: [{ name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } }],
} as const;
const topicOf = (name: string) =>
  defineTopic({
    ...{ name, doc: 'Notes.', schema, key: 'nothing' },
    keyOf: () => 'u',
    timeOf: ({ at }) => at,
  });
const [slatesTopic, marksTopic] = [topicOf('slates'), topicOf('marks')];
const ownId = 1;
const foreignId = 2;

let roomTold = 0;
let decoded = 0;
/** @param learn what the registry does when it is asked for a schema */
const inbox = (learn = async (_codec: Codec) => {}, rest: Partial<TaskEnvironment> = {}) => {
  const codecs = new Map(
    [slatesTopic, marksTopic].map((topic) => [topic, createCodec(topic, ownId)] as const),
  );
  const counted = new Map(
    [...codecs].map(([topic, codec]) => [
      topic,
      {
        ...codec,
        take: (record: Incoming) => {
          decoded++;
          return codec.take(record);
        },
      },
    ]),
  );
  return new TaskInbox(
    {
      inputs: [slatesTopic, marksTopic],
      codecOf: (topic: typeof slatesTopic) => counted.get(topic),
      learnSchema: (topic: typeof slatesTopic) => learn(codecs.get(topic)!),
      severalBrokers: () => false,
      waitForInputsMs: 0,
      clock: { ...systemClock, now: () => 0 },
      onRoom: () => {
        roomTold++;
      },
      ...rest,
    } as never,
    [0, 0],
  );
};

const bytesOf = (at: number, id = ownId) => createCodec(slatesTopic, id).encode({ at });

/** Records as a broker gives them. @param stamp timestamps of the records, ms */
function fetched(
  values: readonly Buffer[],
  stamp = (i: number) => 1_000_000 + i,
  headers: readonly RecordHeader[] = [],
) {
  const writer = new BatchWriter();
  for (const [i, value] of values.entries()) {
    writer.append(Buffer.from('u'), stamp(i), value, headers);
  }
  const batch = writer.finish({ producerId: 1n, producerEpoch: 0 }, 0, false);
  const { records, next } = readBatches(batch, 0, []);
  return { records, next, atEnd: true, current: true };
}
const recordsAt = (...times: number[]) => fetched(times.map((at) => bytesOf(at)));
const nothing = { records: [], next: 0, atEnd: true, current: true };

/** The time of the next record; undefined where there is none that is certain. */
function timeOfNext(held: TaskInbox): number | undefined {
  const taken = held.take();
  if (taken instanceof Promise) throw new Error('a schema is asked for');
  return taken?.at;
}

/** Everything that is certain, asking for schemas on the way. */
async function drained(held: TaskInbox): Promise<Taken[]> {
  const all: Taken[] = [];
  for (let taken = held.take(); taken; taken = held.take()) {
    if (taken instanceof Taken) all.push(taken);
    else await taken;
  }
  return all;
}

describe('what was fetched for a task', () => {
  it('goes by the ends of inputs that were read after it, and not before', () => {
    const held = inbox();
    // One fetch reads the slates first, then the clicks.
    const [slates, marks] = [held.nextRound(), held.nextRound()];
    held.offer(0, nothing, slates);
    held.offer(1, recordsAt(20), marks);
    // Between the two reads a slate may have been written that the click belongs to.
    expect(held.take()).toBeUndefined();
    const [slatesAgain] = [held.nextRound(), held.nextRound()];
    held.offer(0, recordsAt(10), slatesAgain);
    expect([timeOfNext(held), timeOfNext(held)]).toEqual([10, 20]);
  });

  it('of the input read first may go with the same fetch', () => {
    const held = inbox();
    const [slates, marks] = [held.nextRound(), held.nextRound()];
    held.offer(0, recordsAt(10), slates);
    held.offer(1, nothing, marks);
    expect(timeOfNext(held)).toBe(10);
    expect(held.empty).toBe(true);
  });

  it('holds nothing that its group has stepped, and tells what that was from news', () => {
    const held = inbox(undefined, { groupId: 'g', passesOver: [marksTopic] });
    const steppedAt = (at: number, by: string) =>
      fetched([bytesOf(at)], undefined, [steppedBy(by)]);
    expect(held.offer(0, steppedAt(10, 'g'), held.nextRound())).toBe('asked');
    expect(held.offer(1, steppedAt(10, 'g'), held.nextRound())).toBe('own');
    expect(held.empty).toBe(true);
    expect(held.offer(0, steppedAt(10, 'another'), held.nextRound())).toBe('news');
    expect(held.heldOf(0)).toBe(1);
  });

  it('has a bound, and tells when there is room again', () => {
    const held = inbox();
    const many = recordsAt(...Array.from({ length: 20_000 }, (_, i) => i));
    held.offer(0, many, held.nextRound());
    held.offer(1, nothing, held.nextRound());
    expect(held.hasRoom(0)).toBe(false);
    expect(held.hasRoom(1)).toBe(true);
    expect(roomTold).toBe(0);
    held.take();
    expect(roomTold).toBe(1);
    expect(held.hasRoom(0)).toBe(true);
    held.take();
    expect(roomTold).toBe(1);
  });
});

describe('the order of what was fetched', () => {
  const orderOf = (taken: readonly Taken[]) =>
    taken.map(({ input, at }) => `${'sm'[input]}${Number.isFinite(at) ? at : '-'}`);

  it.each([
    ['the event', (i: number) => i],
    ['the moment of the write, as with LogAppendTime', () => 5_000_000],
    ['a clock that went back', (i: number) => 9_000_000 - 1_000 * i],
  ])('goes by the field at, where records are stamped with %s', async (_by, stamp) => {
    const held = inbox();
    const of = (times: number[]) =>
      fetched(
        times.map((at) => bytesOf(at)),
        stamp,
      );
    held.offer(0, of([10, 30, 50]), held.nextRound());
    // All written long before the slates that they belong to.
    held.offer(1, of([20, 40, 60]), held.nextRound());
    held.offer(0, { ...nothing, next: 3 }, held.nextRound());
    held.offer(1, { ...nothing, next: 3 }, held.nextRound());
    expect(orderOf(await drained(held))).toEqual(['s10', 'm20', 's30', 'm40', 's50', 'm60']);
  });

  it('is not held up by a record that cannot be read, whatever its timestamp', async () => {
    const held = inbox();
    held.offer(0, recordsAt(10, 30), held.nextRound());
    held.offer(1, fetched([bytesOf(20), Buffer.from('garbage'), bytesOf(40)]), held.nextRound());
    held.offer(0, { ...nothing, next: 2 }, held.nextRound());
    const taken = await drained(held);
    expect(orderOf(taken)).toEqual(['s10', 'm20', 'm-', 's30', 'm40']);
    expect(taken[2]!.error).toMatchObject({ code: 'record-undecodable' });
  });

  it('is that of records whose schema the registry gives, once it was asked', async () => {
    let asked = 0;
    const held = inbox(async (codec) => {
      asked++;
      codec.learnSchema(foreignId, JSON.parse(schemaText(slatesTopic)));
    });
    held.offer(0, recordsAt(10, 30), held.nextRound());
    held.offer(1, fetched([bytesOf(20, foreignId), bytesOf(40, foreignId)]), held.nextRound());
    held.offer(0, { ...nothing, next: 2 }, held.nextRound());
    expect(orderOf(await drained(held))).toEqual(['s10', 'm20', 's30', 'm40']);
    expect(asked).toBe(1);
  });

  it('leaves a record behind whose schema nobody knows, and waits for a registry that is away', async () => {
    const failing = (remedy: 'skip' | 'retry') =>
      inbox(async () => {
        throw new MillraceError({ code: 'schema-unknown', what: 'No schema.', remedy });
      });
    const unknown = fetched([bytesOf(20, foreignId), bytesOf(40)]);
    const held = failing('skip');
    held.offer(0, recordsAt(10), held.nextRound());
    held.offer(1, unknown, held.nextRound());
    held.offer(0, { ...nothing, next: 1 }, held.nextRound());
    const taken = await drained(held);
    expect(orderOf(taken)).toEqual(['m-', 's10', 'm40']);
    expect(taken[0]!.error).toMatchObject({ code: 'schema-unknown' });

    const away = failing('retry');
    away.offer(0, nothing, away.nextRound());
    away.offer(1, unknown, away.nextRound());
    away.offer(0, nothing, away.nextRound());
    await expect(drained(away)).rejects.toMatchObject({ code: 'schema-unknown' });
    expect(away.heldOf(1)).toBe(2);
  });

  it('is not held up by an event of a time to come', async () => {
    const held = inbox(undefined, { latest: () => 45 });
    held.offer(0, recordsAt(10, 30), held.nextRound());
    held.offer(1, recordsAt(20, 46, 40, 45), held.nextRound());
    held.offer(0, { ...nothing, next: 2 }, held.nextRound());
    const taken = await drained(held);
    expect(orderOf(taken)).toEqual(['s10', 'm20', 'm-', 's30', 'm40', 'm45']);
    expect(taken[2]!.error).toMatchObject({ code: 'event-ahead', remedy: 'skip' });
  });

  it('lets in what stages made of a time twice as far ahead: their clock may be ahead of ours', () => {
    const latest = latestBy({ maxAheadMs: 100 }, { date: () => 1_000 });
    expect([{ derived: false }, { derived: true }].map(latest)).toEqual([1_100, 1_200]);
    const any = latestBy({ maxAheadMs: -1 }, { date: () => 1_000 });
    expect(any({ derived: false })).toBe(Number.POSITIVE_INFINITY);
  });

  it('is without the records that were left out before', async () => {
    const has: LeftOut['has'] = (topic, { offset }) => topic === 'marks' && offset === 1;
    const held = inbox(undefined, { leftOut: { has, complete: true } });
    held.offer(0, recordsAt(10, 30), held.nextRound());
    held.offer(1, recordsAt(20, 25, 40), held.nextRound());
    held.offer(0, { ...nothing, next: 2 }, held.nextRound());
    expect(orderOf(await drained(held))).toEqual(['s10', 'm20', 's30', 'm40']);
    expect(held.fetchedOf(1)).toBe(3);
  });

  it('costs one decoding a record; an event that is taken again is decoded again', async () => {
    const held = inbox();
    held.offer(0, recordsAt(10, 30, 50), held.nextRound());
    held.offer(1, recordsAt(20, 40), held.nextRound());
    held.offer(1, { ...nothing, next: 2 }, held.nextRound());
    decoded = 0;
    const taken = await drained(held);
    const events = taken.map((one) => one.takeEvent());
    expect(events).toEqual([10, 20, 30, 40, 50].map((at) => ({ at })));
    expect(decoded).toBe(5);
    const again = taken[0]!.takeEvent();
    expect(again).toEqual(events[0]);
    expect(again).not.toBe(events[0]);
  });
});
