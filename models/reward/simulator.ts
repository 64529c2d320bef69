// The calibrated simulator: a head over the language model's signals, and the counts it leans on.
// Its parameters are a function of the logged examples, in order.
import type { Example } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import { SimulatorHead } from './simulator-head.ts';

const FORMAT = 'millrace/simulator/1';

interface Count {
  impressions: number;
  positives: number;
}

export class Simulator {
  readonly name = 'simulator';
  readonly #head: SimulatorHead;
  readonly #items: Map<string, Count>;

  private constructor(head: SimulatorHead, items: Map<string, Count>) {
    this.#head = head;
    this.#items = items;
  }

  /** An untrained simulator, or the one `save` wrote. @throws MillraceError `parameters-unreadable` */
  static load(bytes?: Uint8Array): Simulator {
    if (!bytes) return new Simulator(new SimulatorHead(), new Map());
    const parts = decodeParts(bytes, FORMAT);
    const ids = parts.meta as string[];
    const counts = parts.f64('counts');
    const items = new Map(
      ids.map((id, i) => [id, { impressions: counts[2 * i]!, positives: counts[2 * i + 1]! }]),
    );
    const head = SimulatorHead.load(Uint8Array.from(parts.f64('head')));
    return new Simulator(head, items);
  }

  /** Outcomes learned: its version. */
  get version(): number {
    return this.#head.count;
  }

  /** P(click) of a user on an item; `similarity` is null where a vector is missing. */
  predict(state: UserState, itemId: string, similarity: number | null): number {
    return this.#head.predict(this.#input(state, itemId, similarity));
  }

  /** Predicts, then learns, a logged example; P(click) of each item, as before learning. */
  learn(example: Example): Float64Array {
    const { state, items } = example;
    // The whole slate is predicted before any of it is learned: it was shown at one moment.
    const p = Float64Array.from(items, (item) => this.predict(state, item.itemId, item.similarity));
    for (const { itemId, similarity, positive } of items) {
      this.#head.learn(this.#input(state, itemId, similarity), positive);
    }
    for (const { itemId, positive } of items) {
      const count = this.#items.get(itemId) ?? { impressions: 0, positives: 0 };
      count.impressions++;
      if (positive) count.positives++;
      this.#items.set(itemId, count);
    }
    return p;
  }

  /** Fidelity on logged feedback as a weight, 0 to 1. */
  confidence(): number {
    return this.#head.confidence();
  }

  save(): Uint8Array {
    const counts = [...this.#items.values()].flatMap((c) => [c.impressions, c.positives]);
    return encodeParts({
      format: FORMAT,
      meta: [...this.#items.keys()],
      arrays: { counts: Float64Array.from(counts), head: Float64Array.from(this.#head.save()) },
    });
  }

  #input(state: UserState, itemId: string, similarity: number | null) {
    const count = this.#items.get(itemId);
    return {
      similarity,
      pmi: null,
      userFeedbacks: state.feedbacks,
      userPositives: state.positives,
      itemImpressions: count?.impressions ?? 0,
      itemPositives: count?.positives ?? 0,
    };
  }
}
