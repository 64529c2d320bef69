// Input that was deleted before it was read: a task goes past it when it has stepped what lies before, in
// the transaction that moves its position past it. So a task that begins anew reports it once.
import { expect, it } from '@jest/globals';
import { systemClock } from '../../infra/kafka/clock.ts';
import { defaultErrorPolicy } from '../../infra/kafka/errors-policy.ts';
import { noInstruments } from '../../infra/kafka/instruments.ts';
import type { Outbox } from '../../infra/kafka/outbox.ts';
import { TaskRunner } from '../../infra/kafka/task/runner.ts';
import type { Consumed, TransactionalProducer } from '../../infra/kafka/transactional-producer.ts';
import { readBatches } from '../../infra/kafka/wire/batch-reader.ts';
import { BatchWriter } from '../../infra/kafka/wire/batch-writer.ts';
import { type Codec, createCodec } from '../../schemas/codec.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { TableSet } from '../../streams/engine/table.ts';
import { Task } from '../../streams/engine/task.ts';
import { mergingStage, tallyClick } from '../support/tally.ts';

const [clicksInput, slatesInput] = [0, 1];

const codecs = new Map<AnyTopic, Codec>();
const codecOf = (topic: AnyTopic): Codec => {
  const codec = codecs.get(topic) ?? createCodec(topic, 1);
  codecs.set(topic, codec);
  return codec;
};

/** What the transactions of a task carried: its position in the clicks, and the topics written to. */
interface Sent {
  readonly offset: number;
  readonly topics: readonly string[];
}

function openTask() {
  const sent: Sent[] = [];
  const missed: number[] = [];
  const producer = {
    async commit(outbox: Outbox, { offsets }: Consumed) {
      sent.push({ offset: offsets[clicksInput]!.offset, topics: outbox.topics() });
      return new Map();
    },
  } as unknown as TransactionalProducer;
  const task = new Task(mergingStage, 0, new TableSet([]));
  const runner = new TaskRunner(
    {
      stage: 'tally',
      groupId: 'tally',
      inputs: mergingStage.inputs,
      codecOf,
      learnSchema: async () => {},
      nameOf: (topic: AnyTopic) => topic.name,
      partitionsOf: () => 1,
      limits: { records: 100, ms: 1 },
      policy: { ...defaultErrorPolicy, gap: 'skip' },
      severalBrokers: () => false,
      commitEveryMs: 1,
      flushOn: [],
      waitForInputsMs: 0,
      clock: systemClock,
      counters: { processed: 0, commits: 0, skipped: 0, commitMs: 0 },
      instruments: { ...noInstruments, missed: (_stage, _topic, count) => missed.push(count) },
      onRoom() {},
    },
    task,
    producer,
    [0, 0],
    [0, 0],
  );
  const ended = runner.run();
  const close = async () => {
    runner.close();
    await ended;
  };
  return { runner, sent, missed, close };
}

/** So many clicks, the first at this offset. */
function someClicks(from: number, count: number) {
  const writer = new BatchWriter();
  for (let i = from; i < from + count; i++) {
    const click = tallyClick(i);
    writer.append(Buffer.from(click.userId), click.at, codecOf(clicks).encode(click));
  }
  const batch = writer.finish({ producerId: 1n, producerEpoch: 0 }, 0, false);
  batch.writeBigInt64BE(BigInt(from), 0);
  const { records, next } = readBatches(batch, from, []);
  return { records, next, atEnd: true, current: true };
}

const nothing = { records: [], next: 0, atEnd: true, current: true };
const turn = () => new Promise((resolve) => setTimeout(resolve, 30));
const positionsIn = (sent: readonly Sent[]) => sent.map(({ offset }) => offset);
const withDeadLetter = (sent: readonly Sent[]) =>
  sent.filter(({ topics }) => topics.includes(deadLetters.name)).map(({ offset }) => offset);

it('is reported with the position that lies past it, though nothing comes after it', async () => {
  const { runner, sent, missed, close } = openTask();
  runner.missed({ input: clicksInput, from: 0, to: 40 });
  await turn();
  expect(positionsIn(sent)).toEqual([40]);
  expect(withDeadLetter(sent)).toEqual([40]);
  expect(missed).toEqual([40]);
  await close();
});

it('waits for the records that were fetched before it', async () => {
  const { runner, sent, missed, close } = openTask();
  // The slates may still bring something earlier: the clicks are held.
  runner.offer(clicksInput, someClicks(0, 10), runner.inbox.nextRound());
  runner.missed({ input: clicksInput, from: 10, to: 40 });
  await turn();
  expect([sent, missed]).toEqual([[], []]);
  runner.offer(clicksInput, someClicks(40, 5), runner.inbox.nextRound());
  runner.offer(slatesInput, nothing, runner.inbox.nextRound());
  await turn();
  expect(missed).toEqual([30]);
  expect(withDeadLetter(sent)).toHaveLength(1);
  expect(withDeadLetter(sent)[0]).toBeGreaterThanOrEqual(40);
  expect(positionsIn(sent).at(-1)).toBe(45);
  await close();
});
