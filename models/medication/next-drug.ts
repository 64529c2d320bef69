// The next drug of a stay, from the drugs before it: columns of what other stays had, blended by weights that
// are learned from the drugs inside the stays themselves.
//
// A study of a recommender: its lists are no advice on treatment.
import { Blend, type Column } from '../sequence/held-out/blend.ts';
import { DrugCounts } from './drug-counts.ts';

/** A stay, its drugs in the order of their first order. */
export interface DrugStay {
  readonly drugs: readonly number[];
  /** Groups that the stay belongs to, such as hospital, unit, diagnosis; as many for each stay. */
  readonly groups: readonly string[];
  /** Drugs that the patient had before, in other stays. */
  readonly before: readonly number[];
}

/** A stay up to some drug. */
interface Moment {
  readonly drugs: readonly number[];
  readonly stay: DrugStay;
}

/** Fewest drugs before one that the weights are learned from. */
const FEWEST = 4;
const PASSES = 4;
const LAST_DRUGS = 3;

export class NextDrug {
  readonly #counts: DrugCounts;
  /** For each kind of group, counts of drugs by group. */
  readonly #byGroup: Map<string, Float64Array>[];
  /** Times a drug came in the second half of a stay. */
  readonly #late: Float64Array;
  /** Times a drug came right after another. */
  readonly #after: Map<number, number>[];
  readonly #blend: Blend<Moment>;
  readonly #size: number;

  /**
   * @param size number of drugs
   * @param classes class of each drug, −1 for none
   * @param stays what is learned: for a stay that is judged, the drugs before its target
   */
  constructor(size: number, classes: ArrayLike<number>, stays: readonly DrugStay[]) {
    this.#size = size;
    this.#counts = new DrugCounts(
      size,
      stays.map(({ drugs }) => drugs),
    );
    this.#byGroup = (stays[0]?.groups ?? []).map(() => new Map());
    this.#late = new Float64Array(size);
    this.#after = Array.from({ length: size }, () => new Map());
    for (const stay of stays) this.#count(stay, 1);
    this.#blend = new Blend(this.#columns(classes), size);
    for (let pass = 0; pass < PASSES; pass++) {
      for (const stay of stays) this.#learn(stay);
    }
  }

  /** Scores of all drugs as a stay's next; −∞ for those that it had. */
  scores(stay: DrugStay): Float64Array {
    return this.#blend.scores({ drugs: stay.drugs, stay }, stay.drugs);
  }

  /** Learns the weights from a stay, whose own drugs are out of the counts meanwhile. */
  #learn(stay: DrugStay): void {
    this.#counts.remove(stay.drugs);
    this.#count(stay, -1);
    for (let at = FEWEST; at < stay.drugs.length; at++) {
      const drugs = stay.drugs.slice(0, at);
      this.#blend.learn({ drugs, stay }, stay.drugs[at]!, drugs);
    }
    this.#counts.add(stay.drugs);
    this.#count(stay, 1);
  }

  #count({ drugs, groups }: DrugStay, sign: 1 | -1): void {
    for (const [kind, group] of groups.entries()) {
      const known = this.#byGroup[kind]!.get(group) ?? new Float64Array(this.#size);
      this.#byGroup[kind]!.set(group, known);
      for (const drug of drugs) known[drug]! += sign;
    }
    for (const [at, drug] of drugs.entries()) {
      if (2 * at >= drugs.length) this.#late[drug]! += sign;
      const before = drugs[at - 1];
      if (before === undefined) continue;
      const after = this.#after[before]!;
      after.set(drug, (after.get(drug) ?? 0) + sign);
    }
  }

  #columns(classes: ArrayLike<number>): Column<Moment>[] {
    const each = (column: Float64Array, of: (drug: number) => number) => {
      for (let drug = 0; drug < column.length; drug++) column[drug] = of(drug);
    };
    const share = (drug: number) => Math.max(0, this.#counts.share(drug));
    return [
      {
        name: 'popularity',
        start: 0.5,
        fill: (column) => each(column, (drug) => Math.log(0.002 + share(drug))),
      },
      {
        name: 'late in a stay',
        start: 0.2,
        fill: (column) => each(column, (drug) => Math.log1p(this.#late[drug]!)),
      },
      {
        name: 'with the drugs before',
        start: 0.3,
        fill: (column, { drugs }) => {
          for (const drug of drugs) this.#counts.addShares(drug, 1 / drugs.length, column);
          each(column, (drug) => Math.log(0.01 + column[drug]!));
        },
      },
      {
        name: 'with the last drugs',
        start: 0.1,
        fill: (column, { drugs }) => {
          for (const drug of drugs.slice(-LAST_DRUGS)) this.#counts.addShares(drug, 1, column, 5);
        },
      },
      {
        name: 'right after the last drug',
        start: 0.1,
        fill: (column, { drugs }) => {
          for (const [drug, times] of this.#after[drugs.at(-1)!] ?? []) {
            column[drug] = Math.log1p(times);
          }
        },
      },
      ...this.#byGroup.map(
        (byGroup, kind): Column<Moment> => ({
          name: `group ${kind}`,
          start: 0.1,
          fill: (column, { stay }) => {
            const known = byGroup.get(stay.groups[kind]!);
            if (known) each(column, (drug) => Math.log1p(known[drug]!));
          },
        }),
      ),
      {
        name: 'the patient had it before',
        start: 0.3,
        fill: (column, { stay }) => {
          for (const drug of stay.before) column[drug] = 1;
        },
      },
      {
        name: 'class of a drug before',
        start: 0,
        fill: (column, { drugs }) => {
          const had = new Set(drugs.map((drug) => classes[drug]!));
          each(column, (drug) => (classes[drug]! >= 0 && had.has(classes[drug]!) ? 1 : 0));
        },
      },
    ];
  }
}
