// First-order Markov: what is liked right after the user's last like.
//
// P(i | last = l) = (n_li + μ P(i)) / (n_l + μ), backed by the share of likes P(i); p ∝ P(i | l)^power.
import type { Example } from '../../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../../codec.ts';
import { grown, Ids } from '../../ids.ts';
import { realItems } from '../../outcomes.ts';
import type { DecisionContext, LearningPolicy, PolicyKind } from '../../policy.ts';
import { recentLikes } from './recent-likes.ts';

const FORMAT = 'millrace/markov/1';
/** Number μ of pseudo-transitions. */
const BACKING = 5;
const POWER = 2;

class Markov implements LearningPolicy {
  readonly name = 'markov';
  version = 0;
  #items = new Ids();
  /** For each item: its likes, and the likes that came after it. */
  #counts = new Float64Array(0);
  #total = 0;
  /** Counts by item, then by the item liked next. */
  readonly #next = new Map<number, Map<number, number>>();

  scores({ candidates, state }: DecisionContext): Float64Array {
    const last = this.#items.find(recentLikes(state).at(-1) ?? '');
    const after = this.#next.get(last);
    const leaving = last < 0 ? 0 : this.#counts[2 * last + 1]!;
    return Float64Array.from(candidates, ({ itemId }) => {
      const item = this.#items.find(itemId);
      const share = ((this.#counts[2 * item] ?? 0) + 1) / (this.#total + this.#items.size + 1);
      const p = ((after?.get(item) ?? 0) + BACKING * share) / (leaving + BACKING);
      return POWER * Math.log(p);
    });
  }

  /** Learns transitions from people's likes; a simulator's make none. */
  learn(example: Example): void {
    this.version += 1;
    let last = recentLikes(example.state).at(-1);
    for (const { itemId, positive } of realItems(example)) {
      if (!positive) continue;
      const item = this.#add(itemId);
      this.#counts[2 * item]! += 1;
      this.#total += 1;
      if (last !== undefined) this.#count(this.#add(last), item, 1);
      last = itemId;
    }
  }

  save(): Uint8Array {
    const moves = [...this.#next].flatMap(([from, after]) =>
      [...after].flatMap(([to, n]) => [from, to, n]),
    );
    return encodeParts({
      format: FORMAT,
      meta: { version: this.version, items: this.#items.names, total: this.#total },
      arrays: {
        likes: Float64Array.from(this.#items.names, (_, item) => this.#counts[2 * item]!),
        moves: Int32Array.from(moves),
      },
    });
  }

  static load(bytes: Uint8Array): Markov {
    const parts = decodeParts(bytes, FORMAT);
    const meta = parts.meta as { version: number; items: string[]; total: number };
    const policy = new Markov();
    policy.version = meta.version;
    policy.#total = meta.total;
    const likes = parts.f64('likes');
    for (const [item, name] of meta.items.entries()) {
      policy.#add(name);
      policy.#counts[2 * item] = likes[item]!;
    }
    const moves = parts.i32('moves');
    for (let i = 0; i < moves.length; i += 3) {
      policy.#count(moves[i]!, moves[i + 1]!, moves[i + 2]!);
    }
    return policy;
  }

  #add(itemId: string): number {
    const item = this.#items.add(itemId);
    this.#counts = grown(this.#counts, 2 * item + 2);
    return item;
  }

  #count(from: number, to: number, n: number): void {
    const after = this.#next.get(from) ?? new Map<number, number>();
    after.set(to, (after.get(to) ?? 0) + n);
    this.#next.set(from, after);
    this.#counts[2 * from + 1]! += n;
  }
}

export const markov: PolicyKind = {
  name: 'markov',
  create: () => new Markov(),
  load: Markov.load,
};
