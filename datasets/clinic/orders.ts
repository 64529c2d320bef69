// Orders of drugs as steps: what was ordered for a patient at one time is a slate, each order its feedback,
// and a stay in hospital is a session.

import { loggedClick } from '../../schemas/logged-events.ts';
import type { LogStep } from '../dataset.ts';
import { compareIds } from '../log-row.ts';
import { estimatedImpression, Popularity } from '../logged.ts';
import { type Sorting, sortingBy } from '../sort.ts';
import type { Stepper } from '../stepper.ts';

export interface DrugOrder {
  /** Time of the order, ms since the epoch. */
  readonly at: number;
  /** The patient. */
  readonly userId: string;
  /** The stay: an admission, or a stay in an intensive care unit. */
  readonly visit: string;
  /** The drug. */
  readonly itemId: string;
  /** Whether the order was cancelled. */
  readonly cancelled: boolean;
  readonly line: number;
}

export const drugOrders: Sorting<DrugOrder> = sortingBy(
  (a, b) =>
    a.at - b.at ||
    compareIds(a.userId, b.userId) ||
    compareIds(a.visit, b.visit) ||
    compareIds(a.itemId, b.itemId) ||
    Number(a.cancelled) - Number(b.cancelled) ||
    a.line - b.line,
);

/** Orders and their slate are one row, so the delay is 0; a window needs some length all the same. */
export const ORDER_WINDOW_MS = 1000;

/** Pause after which a stay is no longer remembered, ms: no stay goes so long without an order. */
const FORGOTTEN_MS = 366 * 24 * 3_600_000;

export class OrderSteps implements Stepper<DrugOrder> {
  readonly #dataset: string;
  readonly #popularity = new Popularity();
  /** By patient and stay, the session's id and its latest order. */
  readonly #sessions = new Map<string, { id: string; lastAt: number; slates: number }>();
  #sweptAt = Number.NEGATIVE_INFINITY;
  /** The rows of the slate that may still grow, all of one patient, stay and time. */
  #slate: DrugOrder[] = [];
  #before = 0;

  /** @param dataset name of the data set; ids begin with it */
  constructor(dataset: string) {
    this.#dataset = dataset;
  }

  push(order: DrugOrder, before: number, out: LogStep[]): void {
    const [first] = this.#slate;
    const same = first?.at === order.at && first.userId === order.userId;
    if (first && !(same && first.visit === order.visit)) this.finish(out);
    if (this.#slate.length === 0) this.#before = before;
    this.#slate.push(order);
  }

  finish(out: LogStep[]): void {
    const [first] = this.#slate;
    if (!first) return;
    const { at, userId } = first;
    const session = this.#sessionOf(first, out);
    const impressionId = `${session.id}-${session.slates++}`;
    // Sorted by drug: an order that was not cancelled comes before one that was.
    const drugs = this.#slate.filter((one, i) => one.itemId !== this.#slate[i - 1]?.itemId);
    const itemIds = drugs.map(({ itemId }) => itemId);
    const impression = estimatedImpression({ impressionId, userId, at, itemIds }, this.#popularity);
    out.push({ kind: 'impression', at, rows: this.#slate.length, impression });
    for (const [i, { itemId, cancelled }] of drugs.entries()) {
      const answer = { clickId: `${impressionId}-${i}`, impressionId, userId, itemId, at };
      const click = loggedClick({ ...answer, positive: !cancelled, value: cancelled ? 0 : 1 });
      out.push({ kind: 'click', at, rows: 0, click });
      this.#popularity.add(itemId);
    }
    this.#slate = [];
  }

  #sessionOf({ at, userId, visit }: DrugOrder, out: LogStep[]) {
    this.#sweep(at);
    const key = `${userId} ${visit}`;
    const known = this.#sessions.get(key);
    if (known) {
      known.lastAt = at;
      return known;
    }
    const id = `${this.#dataset}-${userId}-${visit}-${Math.floor(at / 1000)}`;
    const session = { id, lastAt: at, slates: 0 };
    this.#sessions.set(key, session);
    out.push({ kind: 'session', at, row: this.#before, sessionId: id, userId });
    return session;
  }

  #sweep(now: number): void {
    if (now < this.#sweptAt + FORGOTTEN_MS) return;
    this.#sweptAt = now;
    for (const [key, { lastAt }] of this.#sessions) {
      if (lastAt + FORGOTTEN_MS < now) this.#sessions.delete(key);
    }
  }
}
