// Hides the records of aborted transactions. kafkajs 2.2.4 looks at one aborted transaction a record,
// so a fetch that begins inside two at once hands over a record of the second. Here every transaction
// that has begun by a record counts; its records are marked as the client marks control records, so
// offsets move past them and nobody sees them.

interface FetchedRecord {
  offset: string;
  isControlRecord: boolean;
  readonly key: Buffer | null;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

export interface FetchedPartition {
  readonly abortedTransactions: readonly { producerId: string; firstOffset: string }[] | null;
  readonly messages: FetchedRecord[];
}

interface Response {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
}

type Fetch = (...args: unknown[]) => Promise<Response>;

/** Wraps a broker's `fetch`: records of aborted transactions are marked as control records. */
export function hideAborted(fetch: Fetch): Fetch {
  return async function (this: unknown, ...args) {
    const response = await fetch.apply(this, args);
    for (const { partitions } of response.responses) partitions.forEach(markAborted);
    return response;
  };
}

export function markAborted({ abortedTransactions, messages }: FetchedPartition): void {
  if (!abortedTransactions || abortedTransactions.length === 0) return;
  const ahead = [...abortedTransactions]
    .map(({ producerId, firstOffset }) => ({ producerId, from: BigInt(firstOffset) }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  const aborted = new Set<string>();
  for (const message of messages) {
    const offset = BigInt(message.offset);
    while (ahead.length > 0 && ahead[0]!.from <= offset) aborted.add(ahead.shift()!.producerId);
    const { producerId, inTransaction } = message.batchContext;
    // The marker that ends the transaction is the producer's own next control record.
    if (message.isControlRecord) aborted.delete(producerId);
    else if (inTransaction && aborted.has(producerId)) message.isControlRecord = true;
  }
}
