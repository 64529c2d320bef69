// P(click): dense statistics, hashed ids and online factors, added up in the logit.
import { hash32, mix32 } from '../../random.ts';
import { DenseLogit } from './dense.ts';
import { Factors } from './factors.ts';
import type { Placed } from './features/item.ts';
import { FEATURES, slateFeatures } from './features/slate.ts';
import type { UserView } from './features/user.ts';
import { SparseLogit } from './sparse.ts';
import type { Statistics } from './statistics.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, imul, max, min } = Math;

/** A user and an item as the model reads them. */
export interface Row {
  /**
   * Array of features, in which those of this row begin at `from`; the rows of a slate lie side by
   * side.
   */
  readonly x: Float64Array;
  readonly from: number;
  readonly hashes: readonly number[];
  readonly user: number;
  readonly item: number;
  readonly groups: readonly number[];
}

export class ClickModel {
  readonly dense = new DenseLogit(FEATURES.length);
  readonly sparse = new SparseLogit();
  readonly factors = new Factors();

  /** Reads each item of a slate of `size` items, or each candidate for one. */
  read(user: UserView, items: readonly Placed[], size: number, statistics: Statistics): Row[] {
    // Kinds are told apart by the seed of the hash: user 1 is not item 1.
    const userHash = mix32(user.hash ^ 0x75736572);
    const x = slateFeatures(user, items, size, statistics);
    return items.map(({ itemId, groups: names }, i) => {
      const item = hash32(itemId, 0x6974656d);
      const groups: number[] = [];
      const hashes = [userHash, item];
      for (let g = 0; g < names.length; g++) {
        const group = hash32(names[g]!, 0x67726f75);
        groups.push(group);
        hashes.push(group);
      }
      for (let g = 0; g < groups.length; g++) {
        hashes.push(mix32(userHash ^ imul(groups[g]!, 0x9e3779b1)));
      }
      return { x, from: i * FEATURES.length, hashes, user: userHash, item, groups };
    });
  }

  logit(row: Row): number {
    return (
      this.dense.logit(row.x, row.from) +
      this.sparse.logit(row.hashes) +
      this.factors.logit(row.user, row.item, row.groups)
    );
  }

  probability(row: Row): number {
    return sigmoid(this.logit(row));
  }

  /** Learns from a label in one step. @param weight weight of the observation, 0 to 1 */
  learn(row: Row, label: 0 | 1, weight: number): void {
    const p = this.probability(row);
    const gradient = weight * (p - label);
    this.dense.learn(row.x, p, label, weight, row.from);
    this.factors.learn(row.user, row.item, row.groups, gradient);
    this.sparse.learn(row.hashes, gradient);
  }
}

/** The logistic function, kept off 0 and 1 so that a logarithm stays finite. */
export function sigmoid(z: number): number {
  return min(1 - 1e-7, max(1e-7, 1 / (1 + exp(-z))));
}
