import { describe, expect, it } from '@jest/globals';
import { type FetchedPartition, markAborted } from '../../infra/kafka/aborted-records.ts';

const record = (offset: number, producerId: string, inTransaction = true) => ({
  offset: String(offset),
  isControlRecord: false,
  key: null,
  batchContext: { producerId, inTransaction },
});
const marker = (offset: number, producerId: string) => ({
  ...record(offset, producerId),
  isControlRecord: true,
});

function visible(partition: FetchedPartition): number[] {
  markAborted(partition);
  return partition.messages.flatMap(({ offset, isControlRecord }) =>
    isControlRecord ? [] : [Number(offset)],
  );
}

describe('records of aborted transactions', () => {
  it('are hidden from the first to the marker, those of others are not', () => {
    const abortedTransactions = [{ producerId: '7', firstOffset: '1' }];
    const messages = [
      record(0, '7'),
      record(1, '7'),
      record(2, '8'),
      record(3, '7'),
      marker(4, '7'),
      record(5, '7'),
      record(6, '9', false),
    ];
    expect(visible({ abortedTransactions, messages })).toEqual([0, 2, 5, 6]);
  });

  it('are hidden where a fetch begins inside two of them', () => {
    const abortedTransactions = [
      { producerId: '7', firstOffset: '1' },
      { producerId: '8', firstOffset: '2' },
    ];
    const messages = [
      record(10, '8'),
      record(11, '7'),
      marker(12, '8'),
      marker(13, '7'),
      record(14, '8'),
    ];
    expect(visible({ abortedTransactions, messages })).toEqual([14]);
  });
});
