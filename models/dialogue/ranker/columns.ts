// The columns of the dialogue ranker: each gives every item a score as the next to recommend.
import { square } from '../../power.ts';
import type { ContextSoFar } from '../turn.ts';
import type { Knowledge } from './knowledge.ts';
import { type Statistics, weightedWords } from './statistics.ts';

const { abs, log, log1p, sqrt } = Math;

/** Names of the columns in order, with the weights they start from. */
export const COLUMNS = [
  ['recommended: ln(1 + turns)', 0.6],
  ['named: ln(1 + dialogues)', 0.2],
  ['after the entities', 0.3],
  ['after the entities: ln', 0.3],
  ['after the last entity', 0.2],
  ['named with the entities', 0.2],
  ['named with the entities: ln', 0.2],
  ['in turns of like words', 0.3],
  ['liked with the items named', 0.2],
  ['liked: ln(1 + users)', 0.1],
  ['groups by the words', 0.2],
  ['groups of the items named', 0.1],
  ['year near those named', 0.1],
  ['year', 0],
  ['words of titles named', 0.2],
  ['named before', 0],
  ['named last', 0],
  ['named first', 0],
  ['times named', 0],
] as const;

/** Factor of the weight of an entity for each entity after it. */
const FADES = 0.85;
/** Dialogues, or turns, that an item is taken to have besides its own. */
const PRIOR = 5;
const BASE_YEAR = 2000;

export class DialogueColumns {
  readonly #knowledge: Knowledge;
  readonly values: Float64Array[];

  constructor(knowledge: Knowledge) {
    this.#knowledge = knowledge;
    this.values = COLUMNS.map(() => new Float64Array(knowledge.items.size));
  }

  /** The scores after a context; they are valid until the next ones are made. */
  fill(context: ContextSoFar, statistics: Statistics): readonly Float64Array[] {
    for (const column of this.values) column.fill(0);
    const entities = weightedEntities(context.entities);
    this.#popularity(statistics);
    this.#after(entities, context.entities.at(-1), statistics);
    const words = weightedWords(context);
    statistics.nearTurns(words, this.values[7]!);
    for (let i = 0; i < this.values[7]!.length; i++) this.values[7]![i] = sqrt(this.values[7]![i]!);
    this.#items(entities, statistics.groupLifts(words));
    this.#mentions(context.entities);
    return this.values;
  }

  #popularity({ recommended, named }: Statistics): void {
    const [rec, all, liked, year] = [0, 1, 9, 13].map((f) => this.values[f]!);
    const { likes, years } = this.#knowledge;
    for (let item = 0; item < rec!.length; item++) {
      rec![item] = log1p(recommended[item]!);
      all![item] = log1p(named[item]!);
      liked![item] = log1p(likes[item]!);
      const own = years[item]!;
      year![item] = Number.isNaN(own) ? 0 : (own - BASE_YEAR) / 10;
    }
  }

  #after(entities: Map<string, number>, last: string | undefined, statistics: Statistics): void {
    const [after, lnAfter, afterLast, together, lnTogether] = [2, 3, 4, 5, 6].map(
      (f) => this.values[f]!,
    );
    const { recommended, named } = statistics;
    for (const [name, weight] of entities) {
      const entity = statistics.entities.find(name);
      if (entity < 0) continue;
      const turns = statistics.entityTurns[entity]!;
      for (const [item, n] of statistics.after(entity)) {
        after![item]! += (weight * n) / sqrt((turns + PRIOR) * (recommended[item]! + PRIOR));
      }
      const dialogues = statistics.entityDialogues[entity]!;
      for (const [item, n] of statistics.together(entity)) {
        together![item]! += (weight * n) / sqrt((dialogues + PRIOR) * (named[item]! + PRIOR));
      }
    }
    const entity = last === undefined ? -1 : statistics.entities.find(last);
    if (entity >= 0) {
      const turns = statistics.lastTurns(entity);
      for (const [item, n] of statistics.afterLast(entity)) {
        afterLast![item] = sqrt(n / (turns + 1));
      }
    }
    for (let item = 0; item < after!.length; item++) {
      if (after![item]! > 0) lnAfter![item] = log1p(20 * after![item]!);
      if (together![item]! > 0) lnTogether![item] = log1p(20 * together![item]!);
      after![item] = sqrt(after![item]!);
      together![item] = sqrt(together![item]!);
    }
  }

  /** What is known of the items named, beside any dialogue. */
  #items(entities: Map<string, number>, lifts: Float64Array): void {
    const [liked, byWords, byItems, near, titles] = [8, 10, 11, 12, 14].map((f) => this.values[f]!);
    const { items, groupsOf, groups, years, words } = this.#knowledge;
    const wanted = new Float64Array(groups.size);
    const inTitles = new Set<string>();
    let [year, weights] = [0, 0];
    for (const [name, weight] of entities) {
      const item = items.find(name);
      if (item < 0) continue;
      for (const [other, similarity] of this.#knowledge.near(item)) {
        liked![other]! += weight * similarity;
      }
      for (const group of groupsOf[item]!) wanted[group]! += weight / groupsOf[item]!.length;
      for (const word of words[item]!) inTitles.add(word);
      if (!Number.isNaN(years[item]!)) {
        year += weight * years[item]!;
        weights += weight;
      }
    }
    for (let item = 0; item < liked!.length; item++) {
      liked![item] = sqrt(liked![item]!);
      const own = groupsOf[item]!;
      for (const group of own) {
        byWords![item]! += lifts[group]! / own.length;
        byItems![item]! += wanted[group]! / sqrt(own.length);
      }
      const dated = weights > 0 && !Number.isNaN(years[item]!);
      near![item] = dated ? -Math.min(3, abs(years[item]! - year / weights) / 10) : -1.5;
    }
    for (const word of inTitles) {
      const squared = square(this.#knowledge.rareness(word));
      for (const item of this.#knowledge.withWord(word)) {
        titles![item]! += squared / this.#knowledge.titleNorm(item);
      }
    }
  }

  #mentions(entities: readonly string[]): void {
    const { items } = this.#knowledge;
    const named = entities.map((name) => items.find(name)).filter((item) => item >= 0);
    for (const item of named) {
      this.values[15]![item] = 1;
      this.values[18]![item]! += 1;
    }
    if (named.length === 0) return;
    this.values[16]![named.at(-1)!] = 1;
    this.values[17]![named[0]!] = 1;
    for (const item of named) this.values[18]![item] = log(1 + this.values[18]![item]!);
  }
}

/** Entities, the newest of weight 1. */
export function weightedEntities(entities: readonly string[]): Map<string, number> {
  const weights = new Map<string, number>();
  let weight = 1;
  for (const name of entities.toReversed()) {
    if (weights.has(name)) continue;
    weights.set(name, weight);
    weight *= FADES;
  }
  return weights;
}
