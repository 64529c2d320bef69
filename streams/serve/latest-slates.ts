// Which slate an answer is to that names none: the user's latest slate with the item, while it waits. It is a
// function of the waiting slates alone: whoever looks at them anew finds the same.
import type { Click } from '../../schemas/topics/clicks.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { OpenImpression } from '../../schemas/topics/open-impressions.ts';
import type { Store } from '../engine/store.ts';

interface Shown {
  readonly impressionId: string;
  readonly at: number;
}

type Waiting = Store<OpenImpression>;

/** Number of slates added between two looks for those that wait no more. */
const sweepEvery = 10_000;

export class LatestSlates {
  /** By user and item; counted at the first answer that names no slate. */
  private byUser: Map<string, Map<string, Shown>> | undefined;
  private generation = -1;
  private added = 0;

  /** Notes a slate that was shown. */
  add(impression: Impression, waiting: Waiting): void {
    if (!this.byUser || this.generation !== waiting.generation) return;
    this.note(impression);
    if (++this.added % sweepEvery === 0) this.byUser = undefined;
  }

  /** Forgets everything, to be counted anew. */
  clear(): void {
    this.byUser = undefined;
  }

  /** The click with the slate that it answers; as it is if it names one, or no slate waits for it. */
  named(click: Click, waiting: Waiting): Click {
    if (click.impressionId !== '') return click;
    if (!this.byUser || this.generation !== waiting.generation) this.countAnew(waiting);
    const shown = this.byUser!.get(click.userId)?.get(click.itemId);
    if (!shown || shown.at > click.at) return click;
    const entry = waiting.get(shown.impressionId);
    if (!entry?.open || click.at >= entry.expiresAt) return click;
    return { ...click, impressionId: shown.impressionId };
  }

  private countAnew(waiting: Waiting): void {
    this.byUser = new Map();
    this.generation = waiting.generation;
    for (const [, { open }] of waiting.entries()) if (open) this.note(open.impression);
  }

  private note({ impressionId, userId, at, items }: Impression): void {
    let byItem = this.byUser!.get(userId);
    if (!byItem) {
      byItem = new Map();
      this.byUser!.set(userId, byItem);
    }
    for (const { itemId } of items) {
      const known = byItem.get(itemId);
      // Of one time the greater id: the order of the store is not the order of the log.
      const isLater =
        !known || at > known.at || (at === known.at && impressionId > known.impressionId);
      if (isLater) byItem.set(itemId, { impressionId, at });
    }
  }
}
