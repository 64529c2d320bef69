// Decayed popularity: what is liked lately is shown, a like counting half after some thousand events.
import type { Example } from '../../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../../codec.ts';
import { Ids } from '../../ids.ts';
import { realItems } from '../../outcomes.ts';
import type { DecisionContext, LearningPolicy, PolicyKind } from '../../policy.ts';
import { FadingPopularity } from '../../sequence/popularity.ts';

const FORMAT = 'millrace/decayed-popularity/1';
/** Number of events after which a like counts half. */
const HALF_LIFE = 4000;
/** Power of the faded likes: p ∝ (faded likes)^POWER. */
const POWER = 2;

class DecayedPopularity implements LearningPolicy {
  readonly name = 'decayed-popularity';
  version = 0;
  readonly #items: Ids;
  readonly #popularity: FadingPopularity;

  constructor(items: readonly string[] = [], counts?: Float64Array, events?: number) {
    this.#items = new Ids(items);
    this.#popularity = new FadingPopularity(HALF_LIFE, counts, events);
  }

  /**
   * Scores by faded likes; an item never seen counts as one never liked, with the smallest score.
   */
  scores({ candidates }: DecisionContext): Float64Array {
    const logs = candidates.map(({ itemId }) => {
      const item = this.#items.find(itemId);
      return item < 0 ? Number.POSITIVE_INFINITY : this.#popularity.log(item);
    });
    const least = Math.min(0, ...logs);
    return Float64Array.from(logs, (one) => POWER * (Number.isFinite(one) ? one : least));
  }

  /** Learns from people's answers; a simulator's make no item popular. */
  learn(example: Example): void {
    this.version += 1;
    for (const { itemId, positive } of realItems(example)) {
      const isNew = this.#items.find(itemId) < 0;
      this.#popularity.learn(this.#items.add(itemId), isNew, positive);
    }
  }

  save(): Uint8Array {
    const { decayedCounts, events } = this.#popularity;
    const meta = { version: this.version, events, items: this.#items.names };
    const arrays = { heat: decayedCounts.subarray(0, this.#items.size) };
    return encodeParts({ format: FORMAT, meta, arrays });
  }

  static load(bytes: Uint8Array): DecayedPopularity {
    const parts = decodeParts(bytes, FORMAT);
    const meta = parts.meta as { version: number; events: number; items: string[] };
    const policy = new DecayedPopularity(meta.items, parts.f64('heat'), meta.events);
    policy.version = meta.version;
    return policy;
  }
}

export const decayedPopularity: PolicyKind = {
  name: 'decayed-popularity',
  create: () => new DecayedPopularity(),
  load: DecayedPopularity.load,
};
