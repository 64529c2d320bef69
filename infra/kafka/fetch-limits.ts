// How a stage fetches: few large fetches where nobody waits, quick ones where somebody does.
import type { Stage } from '../../streams/engine/stage.ts';

/**
 * Options of a stage's fetches: few large ones if nobody waits, since each fetch costs the broker.
 */
export function fetching({ commitEveryMs, flushOn }: Stage) {
  const bytes = { maxBytes: 64 << 20, maxBytesPerPartition: 2 << 20 };
  return flushOn.length > 0
    ? { minBytes: 1, maxWaitMs: 100, ...bytes }
    : { minBytes: 1 << 20, maxWaitMs: Math.max(1, commitEveryMs), ...bytes };
}
