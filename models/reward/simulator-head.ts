// What the language model says of a user and an item, calibrated on logged feedback: the simulator.
import { decodeParts, encodeParts } from '../codec.ts';
import { BinnedAuc } from './binned-auc.ts';

/** What is known of a user and an item before the answer. Counts are of logged feedback. */
export interface SimulatorInput {
  /** Cosine of the item's vector with the user's profile; null if there is none. */
  readonly similarity: number | null;
  /** log p(title | history) − log p(title), natural log; null if the model was not asked. */
  readonly pmi: number | null;
  readonly userFeedbacks: number;
  readonly userPositives: number;
  readonly itemImpressions: number;
  readonly itemPositives: number;
  /** Log-odds of the user's likes of the item's groups, beyond those of any item. */
  readonly taste: number;
  /**
   * Share of likes among the user's last outcomes, the newest weighing most, minus the overall
   * rate.
   */
  readonly mood: number;
  /** Number of answers since the session began, as far as they are remembered. */
  readonly sessionFeedbacks: number;
  /** Number of slates that the user was shown. */
  readonly userImpressions: number;
}

const FORMAT = 'millrace/simulator-head/3';
/**
 * Number of features: bias, similarity, has similarity, pmi, has pmi, user rate, item rate, user
 * count, item count, taste, mood, fatigue, likes per slate.
 */
const WIDTH = 13;
const SIMILARITY = 0;
const PMI = 1;
/** First value of AdaGrad's sums of squared gradients, so that the first step is no leap. */
const FIRST_SQUARE = 1e-2;
/** Number of pseudo-observations that pull a rate to the overall rate. */
const SHRINKAGE = 10;
/** Lower bound of the AUC (95 %) below which the simulator has weight 0. */
export const LEAST_AUC = 0.55;
/** Calibration error, beyond what chance shows of it, above which the simulator has weight 0. */
export const MOST_CALIBRATION_ERROR = 0.05;
/** Number of standard errors of a two-sided interval of 95 %. */
const SIGMAS = 1.96;
/** Number of observations of the rarer outcome at which half the measured fidelity is believed. */
const DOUBT = 20;

/**
 * How far the simulator can be believed: prequential, fading over the last few thousand outcomes.
 */
export interface Fidelity {
  readonly auc: number;
  /** Lower end of the AUC's 95 % interval (Hanley & McNeil 1982); 0 with one class only. */
  readonly lower: number;
  readonly calibrationError: number;
  /** Weight in [0, 1]: 2·AUC − 1, smaller while few outcomes were seen; 0 beyond the thresholds. */
  readonly weight: number;
}

/**
 * Logistic regression by AdaGrad (Duchi et al. 2011). Predict, then learn: the AUC kept is of
 * predictions made before their outcome was known.
 */
export class SimulatorHead {
  readonly #weights: Float64Array;
  readonly #squares: Float64Array;
  /** Count, mean and sum of squared deviations of similarity and of pmi (Welford). */
  readonly #moments: Float64Array;
  /** Number of learned examples, and of positives among them. */
  readonly #counts: Float64Array;
  readonly #auc: BinnedAuc;
  readonly #x = new Float64Array(WIDTH);
  readonly #rate = 0.2;

  constructor() {
    this.#weights = new Float64Array(WIDTH);
    this.#squares = new Float64Array(WIDTH).fill(FIRST_SQUARE);
    this.#moments = new Float64Array(6);
    this.#counts = new Float64Array(2);
    this.#auc = new BinnedAuc();
    // Until it has learned otherwise, the rates speak for themselves.
    this.#weights[5] = 1;
    this.#weights[6] = 1;
  }

  /** Number of outcomes learned. */
  get count(): number {
    return this.#counts[0]!;
  }

  /** Share of clicks among the outcomes learned, with one pseudo-click of two. */
  get rate(): number {
    return (this.#counts[1]! + 1) / (this.#counts[0]! + 2);
  }

  /** P(click), inside (0, 1). */
  predict(input: SimulatorInput): number {
    this.#features(input);
    let z = 0;
    for (let i = 0; i < WIDTH; i++) z += this.#weights[i]! * this.#x[i]!;
    return Math.min(1 - 1e-6, Math.max(1e-6, 1 / (1 + Math.exp(-z))));
  }

  /** Learns a logged outcome. @returns what was predicted before */
  learn(input: SimulatorInput, positive: boolean): number {
    const p = this.predict(input);
    this.#auc.add(p, positive);
    const gradient = p - (positive ? 1 : 0);
    for (let i = 0; i < WIDTH; i++) {
      const g = gradient * this.#x[i]!;
      this.#squares[i]! += g * g;
      this.#weights[i]! -= (this.#rate * g) / Math.sqrt(this.#squares[i]!);
    }
    this.#observe(SIMILARITY, input.similarity);
    this.#observe(PMI, input.pmi);
    this.#counts[0]! += 1;
    if (positive) this.#counts[1]! += 1;
    return p;
  }

  /** Forgets what was learned of similarities: those that come are by another model. */
  forgetSimilarity(): void {
    for (const i of [1, 2]) {
      this.#weights[i] = 0;
      this.#squares[i] = FIRST_SQUARE;
    }
    this.#moments.fill(0, 3 * SIMILARITY, 3 * SIMILARITY + 3);
  }

  /** Prequential AUC, fading over the last few thousand outcomes. */
  auc(): number {
    return this.#auc.value();
  }

  /** How far the head can be believed, on logged feedback it had not seen. */
  fidelity(): Fidelity {
    const auc = this.auc();
    const lower = Math.max(0, auc - SIGMAS * this.#auc.error());
    const { error: calibrationError, noise } = this.#auc.calibration();
    const { support } = this.#auc;
    const enough = lower >= LEAST_AUC && calibrationError - noise <= MOST_CALIBRATION_ERROR;
    const weight = enough ? (2 * auc - 1) * (support / (support + DOUBT)) : 0;
    return { auc, lower, calibrationError, weight };
  }

  save(): Uint8Array {
    return encodeParts({
      format: FORMAT,
      meta: null,
      arrays: {
        weights: this.#weights,
        squares: this.#squares,
        moments: this.#moments,
        counts: this.#counts,
        positives: this.#auc.positives,
        negatives: this.#auc.negatives,
      },
    });
  }

  /** The head that `save` wrote. @throws MillraceError `parameters-unreadable` */
  static load(bytes: Uint8Array): SimulatorHead {
    const parts = decodeParts(bytes, FORMAT);
    const head = new SimulatorHead();
    head.#weights.set(parts.f64('weights'));
    head.#squares.set(parts.f64('squares'));
    head.#moments.set(parts.f64('moments'));
    head.#counts.set(parts.f64('counts'));
    head.#auc.positives.set(parts.f64('positives'));
    head.#auc.negatives.set(parts.f64('negatives'));
    return head;
  }

  #features(input: SimulatorInput): void {
    const x = this.#x;
    const overall = this.rate;
    x[0] = 1;
    x[1] = this.#standardised(SIMILARITY, input.similarity);
    x[2] = input.similarity === null ? 0 : 1;
    x[3] = this.#standardised(PMI, input.pmi);
    x[4] = input.pmi === null ? 0 : 1;
    x[5] = logOdds(input.userPositives, input.userFeedbacks, overall);
    x[6] = logOdds(input.itemPositives, input.itemImpressions, overall);
    x[7] = Math.log1p(input.userFeedbacks) / 5;
    x[8] = Math.log1p(input.itemImpressions) / 5;
    x[9] = input.taste;
    x[10] = input.mood;
    x[11] = Math.log1p(input.sessionFeedbacks) / 3;
    x[12] = Math.log((1 + input.userPositives) / (1 + input.userImpressions)) / 3;
  }

  #standardised(which: number, value: number | null): number {
    const [count, mean, squares] = this.#moments.subarray(which * 3, which * 3 + 3);
    if (value === null || count! < 2 || squares! <= 0) return 0;
    const z = (value - mean!) / Math.sqrt(squares! / count!);
    return Math.max(-4, Math.min(4, z));
  }

  #observe(which: number, value: number | null): void {
    if (value === null) return;
    const at = which * 3;
    this.#moments[at]! += 1;
    const delta = value - this.#moments[at + 1]!;
    this.#moments[at + 1]! += delta / this.#moments[at]!;
    this.#moments[at + 2]! += delta * (value - this.#moments[at + 1]!);
  }
}

/** Log-odds of a rate with pseudo-observations, minus the log-odds of the overall rate. */
function logOdds(positives: number, all: number, overall: number): number {
  const rate = (Math.min(positives, all) + SHRINKAGE * overall) / (all + SHRINKAGE);
  return Math.log(rate / (1 - rate)) - Math.log(overall / (1 - overall));
}
