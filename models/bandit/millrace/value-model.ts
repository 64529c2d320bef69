// The value to expect of an item (stars, watch ratio), from what the click model sees: a linear regression
// with the whole covariance on the dense features, and online factors for what is left.
//
// Values are measured in standard deviations from the mean of the log so far. w ~ N(w, C) with observations of
// precision 1/σ², σ² the running mean of squared errors (recursive least squares as a Kalman filter).
import type { Row } from './click-model.ts';
import { DenseLogit } from './dense.ts';
import { Factors } from './factors.ts';
import { FEATURES } from './features/slate.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { max, min } = Math;

/** Weight of a new squared error in the running mean. */
const SETTLE = 1e-3;
/** Mean of squared errors before any error. */
const FIRST_ERROR = 1;
/**
 * Largest distance from the mean at which a value counts, in standard deviations: one outlier must
 * not turn everything.
 */
const FURTHEST = 6;

export class ValueModel {
  readonly dense = new DenseLogit(FEATURES.length, { prior: 0.1, drift: 1e-7 });
  readonly factors = new Factors(15, 8, 0.06, 0.05);
  /** Running mean of squared errors, in squared standard deviations. */
  readonly noise = Float64Array.of(FIRST_ERROR);

  /** The expected value, in standard deviations from the mean. */
  predict(row: Row): number {
    return this.dense.logit(row.x, row.from) + this.factors.logit(row.user, row.item, row.groups);
  }

  /** Learns a value. @param weight weight of the observation, 0 to 1 */
  learn(row: Row, standardised: number, weight: number): void {
    const error = max(-FURTHEST, min(FURTHEST, standardised)) - this.predict(row);
    const precision = weight / this.noise[0]!;
    this.dense.step(row.x, precision * error, precision, row.from);
    this.factors.learn(row.user, row.item, row.groups, -weight * error);
    this.noise[0]! += SETTLE * (error * error - this.noise[0]!);
  }
}
