// Input that was deleted before it was read: a task goes past it when it has stepped what lies before, in
// the transaction that moves its position past it. So a task that begins anew reports it once.
import { expect, it } from '@jest/globals';
import { BatchWriter } from '../../infra/kafka/wire/batch-writer.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { mergingStage, tallyClick } from '../support/tally.ts';
import { codecOf, nothing, recordsOf, runnerOf } from '../support/task-runner.ts';

const [clicksInput, slatesInput] = [0, 1];

/** What the transactions of a task carried: its position in the clicks, and the topics written to. */
interface Sent {
  readonly offset: number;
  readonly topics: readonly string[];
}

function openTask() {
  const sent: Sent[] = [];
  const missed: number[] = [];
  const runner = runnerOf({
    stage: mergingStage,
    groupId: 'tally',
    policy: { gap: 'skip' },
    instruments: { missed: (_stage, _topic, count) => missed.push(count) },
    async commit(outbox, consumed) {
      sent.push({ offset: consumed!.offsets[clicksInput]!.offset, topics: outbox.topics() });
      return new Map();
    },
  });
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
  const { records, next } = recordsOf(writer, from);
  return { records, next, atEnd: true, current: true };
}

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
