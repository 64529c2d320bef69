import { describe, expect, it } from '@jest/globals';
import { TaskInbox } from '../../infra/kafka/task/inbox.ts';
import { readBatches } from '../../infra/kafka/wire/batch-reader.ts';
import { BatchWriter } from '../../infra/kafka/wire/batch-writer.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';

let roomTold = 0;
const inbox = () =>
  new TaskInbox(
    {
      inputs: [impressions, clicks],
      severalBrokers: false,
      waitForInputsMs: 0,
      now: () => 0,
      onRoom: () => {
        roomTold++;
      },
    } as never,
    [0, 0],
  );

function recordsAt(...times: number[]) {
  const writer = new BatchWriter();
  for (const at of times) writer.append(Buffer.from('u'), at, Buffer.from('v'));
  const batch = writer.finish({ producerId: 1n, producerEpoch: 0 }, 0, false);
  const { records, next } = readBatches(batch, 0, []);
  return { records, next, atEnd: true };
}
const nothing = { records: [], next: 0, atEnd: true };

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
    expect([held.take()?.at, held.take()?.at]).toEqual([10, 20]);
  });

  it('of the input read first may go with the same fetch', () => {
    const held = inbox();
    const [slates, marks] = [held.nextRound(), held.nextRound()];
    held.offer(0, recordsAt(10), slates);
    held.offer(1, nothing, marks);
    expect(held.take()?.at).toBe(10);
    expect(held.empty).toBe(true);
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
