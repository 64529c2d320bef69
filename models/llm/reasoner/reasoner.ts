// From what is known of a user to what they want: wishes for the groups of the catalogue, a mood and
// conditions written under a grammar, and every claim checked against catalogue and history.
//
// Where a small model is asked to write a list of genres it may write one of them three times; so the
// wishes come from what it does know (wishes.ts). A larger model is asked in the same way.

import type { Counts } from '../../privacy/kinds.ts';
import { softmax } from '../../softmax.ts';
import type { LanguageModel } from '../port.ts';
import { intentPrompt, type Nouns, toldOf, writePrompt } from '../roles/reasoner.ts';
import {
  addFaults,
  avoidFault,
  constraintFault,
  type Faults,
  supervised,
  wantedFault,
  wishFactsOf,
} from './claims.ts';
import type { Situation } from './situation.ts';
import { disagreement, evenness, inconsistency } from './uncertainty.ts';
import type { Vocabulary } from './vocabulary.ts';
import { type Weights, Wishes } from './wishes.ts';
import { write } from './written.ts';

export interface ReasonerOptions {
  /** Names of what the catalogue holds and of its groups. @default movie and genre */
  readonly nouns?: Nouns;
  /** Number of samples written of mood and constraints; 0 writes none. @default 2 */
  readonly samples?: number;
  /** Weights of the history and of the model in the wishes. @default as chosen on logged data */
  readonly weights?: Weights;
}

/** What a user seems to want. */
export interface Reading {
  readonly wanted: readonly string[];
  readonly avoid: readonly string[];
  readonly mood: string;
  readonly constraints: readonly string[];
  /** Confidence in the reading, 0 to 1. */
  readonly confidence: number;
  readonly uncertainty: Uncertainty;
  /** Number of claims that were removed, by what was wrong with them. */
  readonly faults: Faults;
  /** What was masked in the texts read, by kind. */
  readonly masked: Counts;
  /** Hidden state of a prompt made from the reading. */
  readonly vector: Float32Array;
  /** Number of tokens generated. */
  readonly tokens: number;
  /** Share of each group of the vocabulary; the shares sum to 1. */
  readonly shares: readonly number[];
}

/** Uncertainty of a reading; each figure is from 0 to 1. */
export interface Uncertainty {
  /** Entropy of the shares. */
  readonly entropy: number;
  /** Disagreement of readings that were asked for in other ways. */
  readonly orders: number;
  /** Disagreement of samples of the same prompt; it decides which mood and conditions are kept. */
  readonly samples: number;
  /** Uncertainty of the groups: the mean of `entropy` and `orders`. */
  readonly overall: number;
}

/** Largest number of groups wanted, and of groups avoided. */
const MOST = 3;

/** The part of a language model that the reasoner asks. */
export type ReasonerModel = Pick<LanguageModel, 'name' | 'score' | 'embed' | 'generate'>;

export class Reasoner {
  readonly #model: ReasonerModel;
  readonly #nouns: Nouns;
  readonly #samples: number;
  readonly #wishes: Wishes;

  constructor(model: ReasonerModel, options: ReasonerOptions = {}) {
    this.#model = model;
    this.#nouns = options.nouns ?? { item: 'movie', group: 'genre' };
    this.#samples = options.samples ?? 2;
    this.#wishes = new Wishes(model, this.#nouns, options.weights);
  }

  /** Reads a situation. The same model, situation and vocabulary give the same reading. */
  async read(situation: Situation, vocabulary: Vocabulary): Promise<Reading> {
    const { groups } = vocabulary;
    const told = toldOf(situation);
    const facts = wishFactsOf(situation, new Set(groups));
    const readings = (await this.#wishes.of(told, facts, vocabulary)).map((wish) => softmax(wish));
    const shares = groups.map((_, i) => mean(readings.map((reading) => reading[i]!)));
    const wanted = await supervised(
      (ruledOut) => largest(groups, shares, ruledOut),
      wantedFault(facts),
    );
    const avoid = await supervised(
      (ruledOut) => leastLiked(groups, shares, situation, ruledOut),
      avoidFault(facts, wanted.kept),
    );
    const prompt = writePrompt(told, wanted.kept, this.#nouns);
    const check = constraintFault(facts, avoid.kept);
    const written = await write(this.#model, prompt, groups, this.#samples, check);
    const uncertainty = overall(
      evenness(shares),
      disagreement(readings),
      inconsistency(written.samples),
    );
    const { mood, constraints, tokens } = written;
    return {
      wanted: wanted.kept,
      avoid: avoid.kept,
      mood,
      constraints,
      confidence: 1 - uncertainty.overall,
      uncertainty,
      faults: [avoid.faults, written.faults].reduce(addFaults, wanted.faults),
      masked: told.masked,
      vector: await this.#model.embed(intentPrompt(wanted.kept, mood, this.#nouns)),
      tokens,
      shares,
    };
  }
}

/**
 * The groups with the largest shares, as long as they exceed an even share of all groups not ruled
 * out.
 */
function largest(
  groups: readonly string[],
  shares: readonly number[],
  ruledOut: ReadonlySet<string>,
): string[] {
  const open = [...shares.keys()].filter((i) => !ruledOut.has(groups[i]!));
  const even = mean(open.map((i) => shares[i]!));
  return open
    .filter((i) => shares[i]! > even)
    .sort((a, b) => shares[b]! - shares[a]! || a - b)
    .slice(0, MOST)
    .map((i) => groups[i]!);
}

/** Groups of disliked items, the least wanted first. */
function leastLiked(
  groups: readonly string[],
  shares: readonly number[],
  { disliked }: Situation,
  ruledOut: ReadonlySet<string>,
): string[] {
  const share = (group: string) => shares[groups.indexOf(group)] ?? 0;
  return [...new Set(disliked.flatMap((item) => item.groups))]
    .filter((group) => groups.includes(group) && !ruledOut.has(group))
    .sort((a, b) => share(a) - share(b) || (a < b ? -1 : 1))
    .slice(0, MOST);
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function overall(entropy: number, orders: number, samples: number): Uncertainty {
  return { entropy, orders, samples, overall: (entropy + orders) / 2 };
}
