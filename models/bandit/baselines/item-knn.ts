// Incremental item-kNN: what is liked together with the user's likes (Sarwar et al. 2001), kept online.
//
// s_i = Σ_j w_ij / √(n_i n_j) over the user's recent likes j; p ∝ (least + s)^power.
import type { Example } from '../../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../../codec.ts';
import { grown, Ids } from '../../ids.ts';
import { realItems } from '../../outcomes.ts';
import type { DecisionContext, LearningPolicy, PolicyKind } from '../../policy.ts';
import { Covisitation } from '../../sequence/covisitation.ts';
import { recentLikes } from './recent-likes.ts';

const FORMAT = 'millrace/item-knn/1';
const LEAST = 0.2;
const POWER = 3;

class ItemKnn implements LearningPolicy {
  readonly name = 'item-knn';
  version = 0;
  #items = new Ids();
  /** Number of likes of each item. */
  #likes: Float64Array = new Float64Array(0);
  readonly #pairs = new Covisitation();

  scores({ candidates, state }: DecisionContext): Float64Array {
    const near = new Float64Array(this.#items.size);
    for (const itemId of recentLikes(state)) {
      const item = this.#items.find(itemId);
      if (item < 0) continue;
      this.#pairs.addNeighbours(item, 1 / Math.sqrt(Math.max(1, this.#likes[item]!)), near);
    }
    return Float64Array.from(candidates, ({ itemId }) => {
      const item = this.#items.find(itemId);
      const s = item < 0 ? 0 : near[item]! / Math.sqrt(Math.max(1, this.#likes[item]!));
      return POWER * Math.log(LEAST + s);
    });
  }

  /** Learns pairs from people's likes; a simulator's make none. */
  learn(example: Example): void {
    this.version += 1;
    const real = realItems(example);
    if (real.length === 0) return;
    const earlier = recentLikes(example.state).map((itemId) => this.#add(itemId));
    for (const { itemId, positive } of real) {
      if (!positive) continue;
      const item = this.#add(itemId);
      this.#pairs.learn(item, earlier);
      this.#likes[item]! += 1;
      earlier.push(item);
    }
  }

  save(): Uint8Array {
    const { size } = this.#items;
    const { sizes, ids, weights } = this.#pairs.flatten(size);
    return encodeParts({
      format: FORMAT,
      meta: { version: this.version, items: this.#items.names },
      arrays: { likes: this.#likes.subarray(0, size), sizes, ids, weights },
    });
  }

  static load(bytes: Uint8Array): ItemKnn {
    const parts = decodeParts(bytes, FORMAT);
    const meta = parts.meta as { version: number; items: string[] };
    const policy = new ItemKnn();
    policy.version = meta.version;
    policy.#items = new Ids(meta.items);
    policy.#likes = parts.f64('likes');
    const [sizes, ids] = [parts.i32('sizes'), parts.integers('ids')];
    policy.#pairs.restore({ sizes, ids, weights: parts.f32('weights') });
    return policy;
  }

  #add(itemId: string): number {
    const item = this.#items.add(itemId);
    this.#likes = grown(this.#likes, item + 1);
    return item;
  }
}

export const itemKnn: PolicyKind = {
  name: 'item-knn',
  create: () => new ItemKnn(),
  load: ItemKnn.load,
};
