// Baseline: user mean + item mean − overall mean, made a probability by an online logistic calibration.
import type { Example } from '../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import type { Predictor } from '../learner.ts';
import { squaresOf, squaresWith } from '../moments.ts';
import { realItems } from '../outcomes.ts';
import type { PredictionContext } from '../policy.ts';
import { GrowingReach } from '../reach.ts';
import { Calibration } from './calibration.ts';
import { Sums } from './sums.ts';

const FORMAT = 'millrace/means-baseline/1';

export class MeansBaseline implements Predictor {
  readonly name = 'means';
  readonly #users: Sums;
  readonly #items: Sums;
  /**
   * Totals: shown, sum of values, Σ (value − mean)², least and most of the values; 1, which tells them
   * from those of before, whose third is Σ value².
   */
  readonly #total: Float64Array;
  readonly #reach: GrowingReach;
  readonly #calibration: Calibration;

  /**
   * @param saved bytes of `save`; without them the baseline is new
   * @throws MillraceError `parameters-unreadable`
   */
  constructor(saved?: Uint8Array) {
    const parts = saved && decodeParts(saved, FORMAT);
    const meta = parts?.meta as { users: string[]; items: string[] } | undefined;
    this.#users = new Sums(meta?.users, parts?.f64('users'));
    this.#items = new Sums(meta?.items, parts?.f64('items'));
    this.#total = totalsOf(parts?.f64('total'));
    this.#reach = new GrowingReach(this.#total.subarray(3, 5));
    this.#calibration = new Calibration(parts?.f64('calibration'));
  }

  predict(context: PredictionContext): Float64Array {
    return Float64Array.from(context.items, ({ itemId }) =>
      this.#calibration.probability(this.#zScore(context.userId, itemId)),
    );
  }

  /** Learns logged outcomes; simulated ones are left out. */
  learn(example: Example): void {
    const { userId } = example;
    const items = realItems(example);
    const zScores = items.map(({ itemId }) => this.#zScore(userId, itemId));
    for (const [i, { itemId, positive, reward: given }] of items.entries()) {
      const reward = this.#reach.take(given);
      this.#calibration.learn(zScores[i]!, positive);
      this.#users.add(userId, reward);
      this.#items.add(itemId, reward);
      const [n, sum, squares] = this.#total as unknown as [number, number, number];
      this.#total.set([n + 1, sum + reward, squaresWith(n, sum, squares, reward)]);
    }
  }

  /** Forgets the user's mean; what it did to the mean of all stays. */
  forget(userId: string): void {
    this.#users.forget(userId);
  }

  save(): Uint8Array {
    return encodeParts({
      format: FORMAT,
      meta: { users: this.#users.ids.names, items: this.#items.ids.names },
      arrays: {
        users: this.#users.used(),
        items: this.#items.used(),
        total: this.#total,
        calibration: this.#calibration.values,
      },
    });
  }

  /** (user mean − mean + item mean − mean) / standard deviation of all values. */
  #zScore(userId: string, itemId: string): number {
    const [n, sum, squares] = this.#total as unknown as [number, number, number];
    if (n < 2) return 0;
    const mean = sum / n;
    const variance = squares / n;
    const scale = variance > 1e-6 ? Math.sqrt(variance) : 1;
    return (this.#users.less(userId, mean) + this.#items.less(itemId, mean)) / scale;
  }
}

/** Totals that were saved; those of before the reach was kept have mean and spread in its place. */
function totalsOf(saved: Float64Array = Float64Array.of(0, 0, 0, 0, 0, 1)): Float64Array {
  if (saved.length === 6) return saved;
  const [n = 0, sum = 0, raw = 0, least, most] = saved as unknown as number[];
  const mean = n > 0 ? sum / n : 0;
  const squares = squaresOf(n, sum, raw);
  const spread = n > 0 ? 3 * Math.sqrt(squares / n) : 0;
  const reach = [least ?? Math.min(0, mean - spread), most ?? Math.max(0, mean + spread)] as const;
  return Float64Array.of(n, sum, squares, ...reach, 1);
}
