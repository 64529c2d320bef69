// What dialogues taught: what was recommended, after which entities and words, and what is named together.
import { Ids } from '../../ids.ts';
import { wordsOf } from '../../text/words.ts';
import type { ContextSoFar, DialogueTurn } from '../turn.ts';
import type { Knowledge } from './knowledge.ts';

const { log, sqrt } = Math;

type Counts = Map<number, Map<number, number>>;

function count(counts: Counts, a: number, b: number, by = 1): void {
  const row = counts.get(a);
  if (!row) counts.set(a, new Map([[b, by]]));
  else row.set(b, (row.get(b) ?? 0) + by);
}

const none: ReadonlyMap<number, number> = new Map();

/** Weight of a text for each text after it. */
const TEXT_FADES = 0.6;
/** Least cosine of words with which a turn counts. */
const LEAST_COSINE = 0.03;
/** Texts that are looked back on. */
const TEXTS = 5;

/** Words of the last texts; the newest weigh most. */
export function weightedWords({ texts }: Pick<ContextSoFar, 'texts'>): Map<string, number> {
  const words = new Map<string, number>();
  let weight = 1;
  for (const text of texts.slice(-TEXTS).reverse()) {
    for (const word of wordsOf(text)) words.set(word, Math.max(words.get(word) ?? 0, weight));
    weight *= TEXT_FADES;
  }
  return words;
}

export class Statistics {
  readonly knowledge: Knowledge;
  readonly entities = new Ids();
  /** By item: turns that recommended it. */
  readonly recommended: Float64Array;
  /** By item: dialogues that name it. */
  readonly named: Float64Array;
  turns = 0;
  /** By entity: turns after it, and by item, turns after it that recommend the item. */
  readonly entityTurns: number[] = [];
  readonly #after: Counts = new Map();
  readonly #lastTurns: number[] = [];
  readonly #afterLast: Counts = new Map();
  /** By entity: items named in the same dialogues. */
  readonly #together: Counts = new Map();
  readonly entityDialogues: number[] = [];
  readonly #words = new Ids();
  readonly #wordTurns: number[] = [];
  readonly #wordGroups: Counts = new Map();
  readonly #groupTurns: number[] = [];
  #groupTotal = 0;
  /** By turn: targets, and the words with their weights. */
  readonly #targets: number[][] = [];
  readonly #vectors: Map<number, number>[] = [];
  #index: Map<number, Row> | undefined;
  #cosines = new Float64Array(0);

  /** @param dialogues turns by dialogue */
  constructor(knowledge: Knowledge, dialogues: Iterable<readonly DialogueTurn[]>) {
    this.knowledge = knowledge;
    this.recommended = new Float64Array(knowledge.items.size);
    this.named = new Float64Array(knowledge.items.size);
    for (const turns of dialogues) this.#learn(turns);
  }

  #learn(turns: readonly DialogueTurn[]): void {
    const { items } = this.knowledge;
    const everything = new Set<string>();
    for (const turn of turns) {
      const targets = turn.targets.map((name) => items.find(name)).filter((item) => item >= 0);
      const context = [...new Set(turn.entities)].map((name) => this.#entity(name));
      this.turns += 1;
      for (const entity of context) {
        this.entityTurns[entity]! += 1;
        for (const target of targets) count(this.#after, entity, target);
      }
      const last = turn.entities.at(-1);
      if (last !== undefined) {
        const entity = this.#entity(last);
        this.#lastTurns[entity]! += 1;
        for (const target of targets) count(this.#afterLast, entity, target);
      }
      for (const target of targets) this.recommended[target]! += 1;
      this.#learnWords(turn, targets);
      for (const name of [...turn.entities, ...turn.targets, ...(turn.named ?? [])]) {
        everything.add(name);
      }
    }
    const all = [...everything].map((name) => [this.#entity(name), items.find(name)] as const);
    for (const [entity] of all) {
      this.entityDialogues[entity]! += 1;
      for (const [other, item] of all) {
        if (item >= 0 && other !== entity)
          count(this.#together, entity, item, 1 / log(2 + all.length));
      }
    }
    for (const [, item] of all) if (item >= 0) this.named[item]! += 1;
  }

  #entity(name: string): number {
    const entity = this.entities.add(name);
    if (entity === this.entityTurns.length) {
      this.entityTurns.push(0);
      this.entityDialogues.push(0);
      this.#lastTurns.push(0);
    }
    return entity;
  }

  #learnWords(turn: DialogueTurn, targets: readonly number[]): void {
    const vector = new Map<number, number>();
    for (const [word, weight] of weightedWords(turn)) vector.set(this.#words.add(word), weight);
    while (this.#wordTurns.length < this.#words.size) this.#wordTurns.push(0);
    for (const word of vector.keys()) this.#wordTurns[word]! += 1;
    this.#targets.push([...targets]);
    this.#vectors.push(vector);
    for (const target of targets) {
      const groups = this.knowledge.groupsOf[target]!;
      for (const group of groups) {
        const share = 1 / groups.length;
        this.#groupTurns[group] = (this.#groupTurns[group] ?? 0) + share;
        this.#groupTotal += share;
        for (const [word, weight] of vector) count(this.#wordGroups, word, group, share * weight);
      }
    }
  }

  after(entity: number): ReadonlyMap<number, number> {
    return this.#after.get(entity) ?? none;
  }

  afterLast(entity: number): ReadonlyMap<number, number> {
    return this.#afterLast.get(entity) ?? none;
  }

  lastTurns(entity: number): number {
    return this.#lastTurns[entity] ?? 0;
  }

  together(entity: number): ReadonlyMap<number, number> {
    return this.#together.get(entity) ?? none;
  }

  /** ln of how much more often a group is recommended after these words, by group. */
  groupLifts(words: ReadonlyMap<string, number>): Float64Array {
    const lifts = new Float64Array(this.knowledge.groups.size);
    for (const [name, weight] of words) {
      const word = this.#words.find(name);
      const counts = word < 0 ? undefined : this.#wordGroups.get(word);
      if (!counts) continue;
      let total = 0;
      for (const n of counts.values()) total += n;
      for (let group = 0; group < lifts.length; group++) {
        const share = (this.#groupTurns[group] ?? 0) / this.#groupTotal;
        if (share === 0) continue;
        const prior = 20;
        const own = ((counts.get(group) ?? 0) + prior * share) / (total + prior);
        lifts[group]! += weight * log(own / share);
      }
    }
    return lifts;
  }

  /** Adds to `out` what was recommended in turns of like words: Σ cosine². */
  nearTurns(words: ReadonlyMap<string, number>, out: Float64Array): void {
    this.#index ??= this.#indexed();
    const index = this.#index;
    const own: [number, number][] = [];
    let squares = 0;
    for (const [name, weight] of words) {
      const word = this.#words.find(name);
      const value = weight * (word < 0 ? log(1 + this.turns) : this.#idf(word));
      squares += value * value;
      if (word >= 0) own.push([word, value]);
    }
    const cosines = this.#cosines.fill(0);
    const norm = sqrt(squares) || 1;
    for (const [word, value] of own) {
      const row = index.get(word);
      if (!row) continue;
      for (let i = 0; i < row.turns.length; i++) {
        cosines[row.turns[i]!]! += (value / norm) * row.weights[i]!;
      }
    }
    for (let turn = 0; turn < cosines.length; turn++) {
      const cosine = cosines[turn]!;
      if (cosine < LEAST_COSINE) continue;
      for (const target of this.#targets[turn]!) out[target]! += cosine * cosine;
    }
  }

  #idf(word: number): number {
    return log((1 + this.turns) / (1 + this.#wordTurns[word]!));
  }

  /** Words that one turn in four or more has tell nothing apart, and are left out. */
  #indexed(): Map<number, Row> {
    const rows = new Map<number, { turns: number[]; weights: number[] }>();
    for (const [turn, vector] of this.#vectors.entries()) {
      const values = [...vector].map(([word, weight]) => [word, weight * this.#idf(word)] as const);
      const norm = sqrt(values.reduce((sum, [, value]) => sum + value * value, 0)) || 1;
      for (const [word, value] of values) {
        if (this.#wordTurns[word]! * 4 >= this.turns && this.turns > 20) continue;
        const row = rows.get(word) ?? { turns: [], weights: [] };
        row.turns.push(turn);
        row.weights.push(value / norm);
        rows.set(word, row);
      }
    }
    this.#cosines = new Float64Array(this.#vectors.length);
    return new Map(
      [...rows].map(([word, { turns, weights }]) => {
        return [word, { turns: Int32Array.from(turns), weights: Float64Array.from(weights) }];
      }),
    );
  }
}

/** Turns that have a word, and its weights in them. */
interface Row {
  readonly turns: Int32Array;
  readonly weights: Float64Array;
}
