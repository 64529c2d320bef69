// A slate or feedback of a history with where it came from, and the order in which they are told.
import type { Click } from '../../schemas/topics/clicks.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';

export type EventRow = {
  /** Event time, ms. */
  readonly at: number;
  /** Place among all events as they were read. */
  readonly order: number;
  /** Whether it is the first event of its row, which the row is counted by. */
  readonly counts: boolean;
  readonly source: string;
  readonly file: string;
  readonly line: number;
} & (
  | { readonly kind: 'impression'; readonly event: Impression }
  | { readonly kind: 'click'; readonly event: Click }
);

/**
 * Orders events by time; at one time slates before feedback, and the rows of one slate together. The
 * order of the files decides the rest, so that no two are equal.
 */
export function compareEvents(a: EventRow, b: EventRow): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.kind !== b.kind) return a.kind === 'impression' ? -1 : 1;
  if (a.kind === 'impression' && b.kind === 'impression') {
    const [one, other] = [a.event.impressionId, b.event.impressionId];
    if (one !== other) return one < other ? -1 : 1;
  }
  return a.order - b.order;
}
