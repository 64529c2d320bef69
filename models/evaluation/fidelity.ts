// How far predicted feedback is from feedback that was held out by time.
//
// Every model predicts an example before anything of it is learned; what is frozen learns nothing of
// the held-out part at all.
import type { Example } from '../../schemas/topics/examples.ts';
import { auc, aucError } from '../metrics/auc.ts';
import { brier } from '../metrics/brier.ts';
import { calibrationError } from '../metrics/calibration-error.ts';
import { logLoss } from '../metrics/log-loss.ts';
import { wasserstein } from '../metrics/wasserstein.ts';
import type { PredictionContext } from '../policy.ts';
import type { EvaluationRow } from './evaluation.ts';

/** A model that is judged. */
export interface FidelityModel {
  readonly name: string;
  /** P(positive) of each item; it changes nothing in the model. */
  predict(context: PredictionContext): ArrayLike<number>;
  /** Expected reward of each item, in the log's unit. */
  predictValues?(context: PredictionContext): ArrayLike<number>;
  /** Learns an example; absent for a model that is never trained. */
  learn?(example: Example): void;
  /** Whether the model learns from the first part of the log alone. */
  readonly frozen: boolean;
}

/** Range to which predicted rewards are clipped. */
interface Range {
  readonly low: number;
  readonly high: number;
}

export class FidelityEvaluation {
  readonly #models: readonly FidelityModel[];
  /** By model, P(positive) of each held-out item. */
  readonly #predicted: number[][];
  /** By model, the error of each expected reward, clipped to the range, if there are ratings. */
  readonly #errors: number[][];
  readonly #range: Range | null;
  readonly #labels: boolean[] = [];
  readonly #users: string[] = [];
  /** Items shown in the first part. */
  readonly #shown = new Set<string>();
  /** Whether each held-out answer is of an item that the first part did not show. */
  readonly #unseen: boolean[] = [];

  /** @param range range of the ratings; null for a log without ratings */
  constructor(models: readonly FidelityModel[], range: Range | null) {
    this.#models = models;
    this.#range = range;
    this.#predicted = models.map(() => []);
    this.#errors = models.map(() => []);
  }

  /** Number of items held out so far. */
  get n(): number {
    return this.#labels.length;
  }

  /**
   * Takes an example; they must come in order of time. Once one is held out, all later ones must
   * be.
   */
  take(example: Example, held: boolean): void {
    for (const [m, model] of this.#models.entries()) {
      if (held) this.#judge(m, model, example);
      if (!held || !model.frozen) model.learn?.(example);
    }
    for (const { itemId, positive } of example.items) {
      if (!held) {
        this.#shown.add(itemId);
        continue;
      }
      this.#unseen.push(!this.#shown.has(itemId));
      this.#labels.push(positive);
      this.#users.push(example.userId);
    }
  }

  #judge(m: number, model: FidelityModel, example: Example): void {
    this.#predicted[m]!.push(...Array.from(model.predict(example)));
    if (!this.#range || !model.predictValues) return;
    const { low, high } = this.#range;
    const values = model.predictValues(example);
    for (const [i, { reward }] of example.items.entries()) {
      this.#errors[m]!.push(Math.min(high, Math.max(low, values[i]!)) - reward);
    }
  }

  /**
   * AUC with its standard error, and the same over items that the first part did not show; LogLoss
   * (nats), ECE, Brier; W1 of the users' reward rates; RMSE of the ratings.
   */
  rows(): EvaluationRow[] {
    const labels = this.#labels;
    const unseen = <T>(values: readonly T[]) => values.filter((_, i) => this.#unseen[i]);
    return this.#models.flatMap(({ name: model }, m) => {
      const p = this.#predicted[m]!;
      const metrics = {
        AUC: area(p, labels),
        'AUC unseen': area(unseen(p), unseen(labels)),
        LogLoss: { value: logLoss(p, labels) },
        ECE: { value: calibrationError(p, labels) },
        Brier: { value: brier(p, labels) },
        W1: { value: rewardDistance(p, labels, this.#users) },
        ...(this.#errors[m]!.length > 0 ? { RMSE: { value: rootMean(this.#errors[m]!) } } : {}),
      };
      return Object.entries(metrics).map(([metric, figures]) => ({
        model,
        metric,
        span: 'all' as const,
        ...figures,
      }));
    });
  }
}

const rootMean = (errors: readonly number[]) =>
  Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);

function area(p: readonly number[], labels: readonly boolean[]) {
  const value = auc(p, labels);
  const positives = labels.filter(Boolean).length;
  return { value, standardError: aucError(value, positives, labels.length - positives) };
}

/** 1-Wasserstein distance between the users' predicted and observed reward rates, a user one point. */
export function rewardDistance(
  p: readonly number[],
  labels: readonly boolean[],
  users: readonly string[],
): number {
  const byUser = new Map<string, { n: number; predicted: number; observed: number }>();
  for (const [i, user] of users.entries()) {
    const rate = byUser.get(user) ?? { n: 0, predicted: 0, observed: 0 };
    rate.n += 1;
    rate.predicted += p[i]!;
    rate.observed += labels[i] ? 1 : 0;
    byUser.set(user, rate);
  }
  const rates = [...byUser.values()];
  return wasserstein(
    rates.map(({ predicted, n }) => predicted / n),
    rates.map(({ observed, n }) => observed / n),
  );
}
