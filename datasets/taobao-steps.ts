// Taobao's behaviours as steps: a page view is shown, and what follows within a day is its feedback.
import type { Click } from '../schemas/topics/clicks.ts';
import type { LogStep } from './dataset.ts';
import type { LogRow } from './log-row.ts';
import { estimatedImpression, Popularity } from './logged.ts';
import { nextName, Sessions, sessionStep } from './sessions.ts';
import type { Stepper } from './stepper.ts';
import { Views } from './views.ts';

/** Behaviours in the order of their replay at equal times, with their value; a view has none. */
export const BEHAVIOURS = [
  { name: 'pv', kind: null, value: 0 },
  { name: 'cart', kind: 'cart', value: 1 },
  { name: 'fav', kind: 'favourite', value: 2 },
  { name: 'buy', kind: 'buy', value: 4 },
] as const;

export class TaobaoSteps implements Stepper {
  readonly #sessions = new Sessions('taobao');
  readonly #popularity = new Popularity();
  readonly #views = new Views();

  push(row: LogRow, before: number, out: LogStep[]): void {
    const { userId, itemId, at } = row;
    const { session, isNew } = this.#sessions.touch(userId, at);
    if (isNew) out.push(sessionStep(session, at, before));
    const id = nextName(session);
    const { kind, value } = BEHAVIOURS[row.code]!;
    if (kind === null) {
      const slate = { impressionId: id, userId, at, itemIds: [itemId] };
      const impression = estimatedImpression(slate, this.#popularity);
      this.#popularity.add(itemId);
      this.#views.add(userId, itemId, { impressionId: id, at });
      out.push({ kind: 'impression', at, rows: 1, impression });
      return;
    }
    const click: Click = {
      clickId: id,
      impressionId: this.#views.latest(userId, itemId, at)?.impressionId ?? '',
      userId,
      itemId,
      at,
      kind,
      positive: true,
      value,
      source: 'logged',
      confidence: 1,
      similarity: null,
    };
    out.push({ kind: 'click', at, rows: 1, click });
  }

  finish(): void {
    // Nothing is held back: a view is complete with its own row.
  }
}
