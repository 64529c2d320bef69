// The drugs of a patient's next stay, from those of the stays before: a ridge regression over a few facts
// of each drug, and the set with the highest expected F1.
//
// The facts are what the patient had before and what others have, never what the stay itself brought.
// A study of a recommender: its sets are no advice on treatment.
import { Ridge } from '../bandit/linear/ridge.ts';
import type { DrugCounts, DrugSet } from './drug-counts.ts';

const FACTS = 10;
/** Weight of the mean of all drugs in what is learned of one drug, in stays. */
const SHRINK = 4;
/** Precision of the prior of the weights. */
const LAMBDA = 10;

/** A patient's stays, oldest first. */
export type PatientStays = readonly DrugSet[];

export class NextStay {
  readonly #size: number;
  readonly #counts: DrugCounts;
  readonly #ridge = new Ridge(FACTS, LAMBDA);
  /** By drug, the stays that had it and were followed by another. */
  readonly #had: Float64Array;
  /** By drug, the stays that had it right after one that had it. */
  readonly #again: Float64Array;
  /** By drug, the stays that had it and came after one without it. */
  readonly #begun: Float64Array;
  #stays = 0;

  /**
   * @param size number of drugs
   * @param counts of the patients, in which each patient's own stays are taken out while it is learned
   */
  constructor(size: number, counts: DrugCounts, patients: readonly PatientStays[]) {
    this.#size = size;
    this.#counts = counts;
    this.#had = new Float64Array(size);
    this.#again = new Float64Array(size);
    this.#begun = new Float64Array(size);
    for (const stays of patients) this.#habits(stays, 1);
    this.#eachTarget(patients, (facts, target) => this.#learn(this.#ridge, facts, target));
  }

  /**
   * How probable each drug is in the next stay. What the patient's own stays so far teach is learned as
   * well, and forgotten again.
   * @param earlier the patient's stays, oldest first
   */
  scores(earlier: PatientStays): Float64Array {
    const ridge = this.#ridge.copy();
    for (let at = 1; at < earlier.length; at++) {
      this.#learn(ridge, this.#facts(earlier.slice(0, at)), new Set(earlier[at]));
      this.#habits(earlier.slice(at - 1, at + 1), 1);
    }
    const scores = this.#predict(ridge, this.#facts(earlier));
    this.#habits(earlier, -1);
    return scores;
  }

  /**
   * The set with the highest expected F1, the most probable drug first: the k drugs with the largest
   * 2 Σ p / (k + Σ of all p), by the scores as probabilities (Ye, Chai, Lee & Chieu 2012, without the
   * variance of the sizes).
   */
  set(scores: Float64Array): number[] {
    const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
    const probability = (drug: number) => Math.min(1, Math.max(0, scores[drug]!));
    const expected = order.reduce((sum, drug) => sum + probability(drug), 0);
    let [sum, best, size] = [0, 0, 0];
    for (const [at, drug] of order.entries()) {
      sum += probability(drug);
      const value = (2 * sum) / (at + 1 + expected);
      if (value > best) [best, size] = [value, at + 1];
    }
    return order.slice(0, size);
  }

  #predict(ridge: Ridge, facts: Float64Array): Float64Array {
    return Float64Array.from({ length: this.#size }, (_, drug) =>
      ridge.predict(facts.subarray(drug * FACTS, (drug + 1) * FACTS)),
    );
  }

  #learn(ridge: Ridge, facts: Float64Array, target: ReadonlySet<number>): void {
    for (let drug = 0; drug < this.#size; drug++) {
      const x = facts.subarray(drug * FACTS, (drug + 1) * FACTS);
      ridge.learn(x, target.has(drug) ? 1 : 0, 1);
    }
  }

  /** Visits every stay after a patient's first, with that patient's own stays out of all counts. */
  #eachTarget(
    patients: readonly PatientStays[],
    visit: (facts: Float64Array, target: ReadonlySet<number>) => void,
  ): void {
    for (const stays of patients) {
      if (stays.length < 2) continue;
      for (const stay of stays) this.#counts.remove(stay);
      this.#habits(stays, -1);
      for (let at = 1; at < stays.length; at++) {
        visit(this.#facts(stays.slice(0, at)), new Set(stays[at]));
      }
      this.#habits(stays, 1);
      for (const stay of stays) this.#counts.add(stay);
    }
  }

  #habits(stays: PatientStays, sign: 1 | -1): void {
    for (let at = 1; at < stays.length; at++) {
      const before = new Set(stays[at - 1]);
      this.#stays += sign;
      for (const drug of before) this.#had[drug]! += sign;
      for (const drug of stays[at]!) {
        if (before.has(drug)) this.#again[drug]! += sign;
        else this.#begun[drug]! += sign;
      }
    }
  }

  /** The facts of every drug, drug by drug. */
  #facts(earlier: PatientStays): Float64Array {
    const size = this.#size;
    const last = earlier.at(-1)!;
    const before = new Float64Array(size);
    let [weight, total] = [1, 0];
    for (let at = earlier.length - 1; at >= 0; at--, weight *= 0.8) {
      total += weight;
      for (const drug of earlier[at]!) before[drug]! += weight;
    }
    const near = new Float64Array(size);
    for (const drug of last) this.#counts.addShares(drug, 1 / last.length, near);
    const isLast = new Float64Array(size);
    for (const drug of last) isLast[drug] = 1;
    const [had, again, begun] = [this.#had, this.#again, this.#begun];
    const steady = steadiness(earlier);
    const sum = (of: Float64Array) => of.reduce((all, one) => all + one, 0);
    const keep = (sum(again) + 1) / (sum(had) + 2);
    const begin = (sum(begun) + 0.1) / (this.#stays * size - sum(had) + 1);
    const facts = new Float64Array(size * FACTS);
    for (let drug = 0; drug < size; drug++) {
      const share = this.#counts.share(drug);
      const kept = (again[drug]! + SHRINK * keep) / (had[drug]! + SHRINK);
      const begins = (begun[drug]! + SHRINK * begin) / (this.#stays - had[drug]! + SHRINK);
      facts.set(
        [
          1,
          isLast[drug]!,
          before[drug]! / total,
          share,
          near[drug]!,
          isLast[drug]! * kept,
          (1 - isLast[drug]!) * begins,
          isLast[drug]! * share,
          before[drug]! > 0 ? near[drug]! : 0,
          isLast[drug]! * steady,
        ],
        drug * FACTS,
      );
    }
    return facts;
  }
}

/** Share of a patient's drugs that came again in the stay after, with two drugs of each kind added. */
function steadiness(earlier: PatientStays): number {
  let [again, all] = [2, 4];
  for (let at = 1; at < earlier.length; at++) {
    const before = new Set(earlier[at - 1]);
    all += before.size;
    again += earlier[at]!.filter((drug) => before.has(drug)).length;
  }
  return again / all;
}
