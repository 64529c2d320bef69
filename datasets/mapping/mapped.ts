// What a row of a source becomes: events of the topics, or a refusal.
import type { BorderLimits } from '../../schemas/rules.ts';
import type { Click } from '../../schemas/topics/clicks.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { Item } from '../../schemas/topics/items.ts';
import type { Request } from '../../schemas/topics/requests.ts';
import type { RowRefusal } from './refusal.ts';

/** What a row becomes. */
export type MappedEvent =
  | { readonly kind: 'item'; readonly event: Item }
  /** The item is to be deleted: a record of `items` without a value. */
  | { readonly kind: 'deleted-item'; readonly itemId: string; readonly at: number }
  | { readonly kind: 'impression'; readonly event: Impression }
  | { readonly kind: 'click'; readonly event: Click }
  | { readonly kind: 'request'; readonly event: Request };

/** What became of a row: events, or a refusal, or neither if the mapping ignores it. */
export interface Mapped {
  readonly events: readonly MappedEvent[];
  readonly refusal: RowRefusal | null;
}

export interface MapperOptions {
  /** Latest event time that is let in, ms. @default any */
  readonly latest?: number | undefined;
  /** @default borderDefaults */
  readonly limits?: BorderLimits | undefined;
}

/** Event time of a mapped event, ms. */
export function timeOf(mapped: MappedEvent): number {
  return mapped.kind === 'deleted-item' ? mapped.at : mapped.event.at;
}
