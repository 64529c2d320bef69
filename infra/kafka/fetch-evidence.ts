// Tells a stage which of its inputs a fetch has seen at their end.
//
// A fetch that brings nothing of an input proves nothing: it may have failed, the broker may have
// filled it with other partitions, or an open transaction may hide what is there. The proof is a
// position that has reached the high watermark, which counts what is still hidden. The client hands
// empty batches to nobody, so its fetch is wrapped.

interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly fetchedOffset: string | number;
  /** What is handed over, and all there was, markers and aborted records included. */
  readonly messages: readonly unknown[];
  readonly rawMessages: readonly unknown[];
  lastOffset(): string;
}

interface ConsumerGroup {
  readonly groupId: string;
}

type Fetch = (this: ConsumerGroup, nodeId: unknown) => Promise<Batch[]>;

/** An input was seen at its end, by a fetch that brings no records of it. */
export type OnEnd = (topic: string, partition: number) => void;

const listeners = new Map<string, OnEnd>();

/** Hears of the ends that consumers of a group see in this process, until it is disposed of. */
export function onEnds(groupId: string, listener: OnEnd): Disposable {
  listeners.set(groupId, listener);
  return {
    [Symbol.dispose]() {
      if (listeners.get(groupId) === listener) listeners.delete(groupId);
    },
  };
}

/** Wraps a consumer group's `fetch`. */
export function reportingEnds(fetch: Fetch): Fetch {
  return async function (this: ConsumerGroup, nodeId) {
    const batches = await fetch.call(this, nodeId);
    const listener = listeners.get(this.groupId);
    if (listener)
      for (const batch of batches) if (atEnd(batch)) listener(batch.topic, batch.partition);
    return batches;
  };
}

/** Batches that bring records say of themselves how far they reach. */
export function atEnd(batch: Batch): boolean {
  if (batch.messages.length > 0) return false;
  const next =
    batch.rawMessages.length > 0 ? BigInt(batch.lastOffset()) + 1n : BigInt(batch.fetchedOffset);
  return next >= BigInt(batch.highWatermark);
}
