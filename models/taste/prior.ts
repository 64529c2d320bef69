// What a user would give each item, before the first answer of an episode: a Gaussian process over users and
// items (Rasmussen & Williams 2006, chapter 2), fitted to ratings of before.
//
// stars(u, i) = mean + f(u, i) + noise; cov f(u, i), f(v, j) = Σ_a U_a[u, v] I_a[i, j], with U_a: all users
// alike, each user alone, users alike by features, users alike by choices; I_a: a level, the item alone, items
// alike by features, items alike by choices.
import type { Kernel } from './kernels.ts';

/** Variances of one kind of likeness of users: of the level, of items alone, by features, by choices. */
export interface ItemVariances {
  readonly level: number;
  readonly item: number;
  readonly features: number;
  readonly choices: number;
}

/** Variances of f, in squares of the rating's unit. */
export interface TasteVariances {
  readonly everybody: ItemVariances;
  readonly user: ItemVariances;
  readonly userFeatures: ItemVariances;
  readonly userChoices: ItemVariances;
  readonly noise: number;
}

export interface Likeness {
  readonly features: Kernel;
  readonly choices: Kernel;
}

export interface Rating {
  readonly user: number;
  readonly item: number;
  readonly stars: number;
}

/** A belief about what one user gives all items: its mean, and its covariance row by row. */
export interface Belief {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

const STEPS = 200;
const TOLERANCE = 1e-6;

export class TastePrior {
  readonly #users: Likeness;
  readonly #variances: TasteVariances;
  readonly #ratings: readonly Rating[];
  readonly #mean: number;
  /** By kind of likeness of users, the kernel of the items. */
  readonly #itemKernels: { readonly users: Kernel | 'all' | 'own'; readonly items: Kernel }[];
  /** Posterior mean, users × items. */
  readonly #means: Float64Array;
  readonly #size: { readonly users: number; readonly items: number };
  /** By item, how many rated it. */
  readonly #raters: Float64Array;

  constructor(
    ratings: readonly Rating[],
    users: Likeness,
    items: Likeness,
    variances: TasteVariances,
  ) {
    this.#users = users;
    this.#variances = variances;
    this.#ratings = ratings;
    this.#size = { users: users.features.n, items: items.features.n };
    this.#mean = ratings.reduce((sum, { stars }) => sum + stars, 0) / ratings.length;
    this.#raters = new Float64Array(items.features.n);
    for (const { item } of ratings) this.#raters[item]! += 1;
    const { everybody, user, userFeatures, userChoices } = variances;
    this.#itemKernels = [
      { users: 'all', items: mixed(items, everybody) },
      { users: 'own', items: mixed(items, user) },
      { users: users.features, items: mixed(items, userFeatures) },
      { users: users.choices, items: mixed(items, userChoices) },
    ];
    this.#means = this.#spread(this.#weights());
    for (let i = 0; i < this.#means.length; i++) this.#means[i]! += this.#mean;
  }

  /** Posterior means for a user, item by item. */
  means(user: number): Float64Array {
    const { items } = this.#size;
    return this.#means.slice(user * items, (user + 1) * items);
  }

  /**
   * The belief about a user. The mean is the posterior's. Of the covariance, what the user's own ratings leave
   * is exact; what everybody's ratings say of an item is counted as that item's own precision, and what those of
   * users alike say is left out, so it is a little too wide.
   */
  belief(user: number): Belief {
    const { items: n } = this.#size;
    const [everybody, own, byFeatures, byChoices] = this.#itemKernels.map(
      (one) => one.items.values,
    );
    const alike = (kernel: Kernel) => kernel.values[user * kernel.n + user]!;
    const [f, c] = [alike(this.#users.features), alike(this.#users.choices)];
    const covariance = new Float64Array(n * n);
    for (let i = 0; i < n * n; i++)
      covariance[i] = own![i]! + f * byFeatures![i]! + c * byChoices![i]!;
    const perRating = this.#variances.noise + this.#variances.user.features;
    for (let i = 0; i < n; i++) {
      const before = everybody![i * n + i]!;
      covariance[i * n + i]! += 1 / (1 / before + this.#raters[i]! / perRating);
    }
    const belief = { mean: this.means(user), covariance };
    // The mean knows these ratings; here only the uncertainty learns of them.
    for (const rating of this.#ratings) {
      if (rating.user !== user) continue;
      learn(belief, rating.item, belief.mean[rating.item]!, this.#variances.noise);
    }
    return belief;
  }

  /** α = (K + noise)⁻¹ (stars − mean), by conjugate gradients (Hestenes & Stiefel 1952). */
  #weights(): Float64Array {
    const n = this.#ratings.length;
    const alpha = new Float64Array(n);
    const residual = Float64Array.from(this.#ratings, ({ stars }) => stars - this.#mean);
    let direction = Float64Array.from(residual);
    let squares = product(residual, residual);
    const least = squares * TOLERANCE * TOLERANCE;
    for (let step = 0; step < STEPS && squares > least; step++) {
      const image = this.#applied(direction);
      const length = squares / product(direction, image);
      for (let i = 0; i < n; i++) {
        alpha[i]! += length * direction[i]!;
        residual[i]! -= length * image[i]!;
      }
      const next = product(residual, residual);
      const kept = next / squares;
      direction = direction.map((value, i) => residual[i]! + kept * value);
      squares = next;
    }
    return alpha;
  }

  /** (K + noise) applied to a value a rating. */
  #applied(values: Float64Array): Float64Array {
    const all = this.#spread(values);
    const { items } = this.#size;
    return values.map(
      (value, i) =>
        all[this.#ratings[i]!.user * items + this.#ratings[i]!.item]! +
        this.#variances.noise * value,
    );
  }

  /** Σ_a U_a V I_a, users × items, of V with one value a rating. */
  #spread(values: Float64Array): Float64Array {
    const { users, items } = this.#size;
    const sum = new Float64Array(users * items);
    for (const { users: likeness, items: kernel } of this.#itemKernels) {
      const own = new Float64Array(users * items);
      for (const [r, { user, item }] of this.#ratings.entries()) {
        const value = values[r]!;
        for (let j = 0; j < items; j++) {
          own[user * items + j]! += value * kernel.values[item * items + j]!;
        }
      }
      addAlike(sum, own, likeness, users, items);
    }
    return sum;
  }
}

/** Adds U times a users × items matrix. */
function addAlike(
  sum: Float64Array,
  own: Float64Array,
  likeness: Kernel | 'all' | 'own',
  users: number,
  items: number,
): void {
  if (likeness === 'own') {
    for (let i = 0; i < own.length; i++) sum[i]! += own[i]!;
    return;
  }
  if (likeness === 'all') {
    const total = new Float64Array(items);
    for (let i = 0; i < own.length; i++) total[i % items]! += own[i]!;
    for (let i = 0; i < own.length; i++) sum[i]! += total[i % items]!;
    return;
  }
  for (let u = 0; u < users; u++) {
    for (let v = 0; v < users; v++) {
      const weight = likeness.values[u * users + v]!;
      if (weight === 0) continue;
      for (let j = 0; j < items; j++) sum[u * items + j]! += weight * own[v * items + j]!;
    }
  }
}

function mixed({ features, choices }: Likeness, variances: ItemVariances): Kernel {
  const { n } = features;
  const values = features.values.map(
    (value, i) =>
      variances.level + variances.features * value + variances.choices * choices.values[i]!,
  );
  for (let i = 0; i < n; i++) values[i * n + i]! += variances.item;
  return { n, values };
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Takes in that an item was given so much; changes the belief. @param noise variance of what is given */
export function learn(
  { mean, covariance }: Belief,
  item: number,
  given: number,
  noise: number,
): void {
  const n = mean.length;
  const row = covariance.slice(item * n, (item + 1) * n);
  const spread = row[item]! + noise;
  const off = (given - mean[item]!) / spread;
  for (let i = 0; i < n; i++) {
    mean[i]! += row[i]! * off;
    const gain = row[i]! / spread;
    if (gain === 0) continue;
    for (let j = 0; j < n; j++) covariance[i * n + j]! -= gain * row[j]!;
  }
}
