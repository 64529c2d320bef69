// Which item a user will like next, against every item seen so far.
//
// A conditional logit (McFadden 1974) over a handful of scores, each standardised over the
// candidates at that moment; its weights are learned online from what was liked.
import { grown } from '../ids.ts';
import type { Rank } from '../learner.ts';
import { Covisitation } from './covisitation.ts';
import { Histories } from './histories.ts';
import { FadingPopularity } from './popularity.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, log1p, max, sqrt } = Math;

/** √ co-visitation, ln(1 + 10 co-visitation), ln fading likes, ln(1 + likes), like rate */
const WIDTH = 5;
const START = [0.5, 0.3, 0.4, 0, 0];
const STEP = 0.03;
/** The score of what is not to be ranked. */
const NO_CANDIDATE = Number.NEGATIVE_INFINITY;
/** Likes looked back on, and what each step back keeps. */
const LOOK_BACK = 20;
const KEEP = 0.87;
/** Powers of popularity that a pair's weight is divided by: of the liked item, of the candidate. */
const SOURCE_POWER = 0.5;
const TARGET_POWER = 0.55;
const FEWEST_LIKES = 5;

export interface LikedItem {
  readonly itemId: string;
  /** Index, −1 for an item never seen. */
  readonly item: number;
}

/** The scores of all candidates for one user, as they stand. */
export interface Field {
  readonly size: number;
  /** −Infinity for what is no candidate. */
  readonly scores: Float64Array;
  readonly candidates: number;
  readonly pairs: Float64Array;
  readonly logPairs: Float64Array;
  /** 1 / deviation of each score over the candidates. */
  readonly inverse: readonly number[];
  readonly targets: readonly LikedItem[];
}

export class NextItem {
  readonly covisitation: Covisitation;
  readonly popularity: FadingPopularity;
  readonly histories: Histories;
  readonly weights = Float64Array.from(START);
  readonly squares = new Float64Array(WIDTH).fill(1);
  /** Per item: likes, times shown, ln(1 + likes), like rate. */
  #liked = new Float64Array(0);
  #shown = new Float64Array(0);
  #logLiked = new Float64Array(0);
  #rate = new Float64Array(0);
  #items = 0;
  #hottest: number[] | undefined;

  constructor(
    covisitation = new Covisitation(),
    popularity = new FadingPopularity(),
    histories = new Histories(),
  ) {
    this.covisitation = covisitation;
    this.popularity = popularity;
    this.histories = histories;
  }

  /** All candidates scored for a user; null when none of the liked items is to be ranked. */
  field(userId: string, liked: readonly LikedItem[]): Field | null {
    if (this.histories.likes(userId) < FEWEST_LIKES || liked.length === 0) return null;
    const size = this.#items;
    const scores = new Float64Array(size);
    this.histories.forEachSeen(userId, (item) => {
      scores[item] = NO_CANDIDATE;
    });
    const targets = liked.filter(({ item }) => item >= 0 && scores[item] === 0);
    if (targets.length === 0) return null;
    const pairs = new Float64Array(size);
    const logPairs = new Float64Array(size);
    this.#covisited(this.histories.lastLikes(userId, LOOK_BACK), pairs);
    const heat = this.popularity.heat;
    const logLiked = this.#logLiked;
    const rate = this.#rate;
    let candidates = 0;
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    let sumE = 0;
    let squaresA = 0;
    let squaresB = 0;
    let squaresC = 0;
    let squaresD = 0;
    let squaresE = 0;
    for (let item = 0; item < size; item++) {
      if (pairs[item]! > 0) {
        const value = pairs[item]! * powerOf(this.#liked[item]!);
        pairs[item] = sqrt(value);
        logPairs[item] = log1p(10 * value);
      }
      if (scores[item] !== 0) continue;
      candidates += 1;
      const a = pairs[item]!;
      const b = logPairs[item]!;
      const c = heat[item]!;
      const d = logLiked[item]!;
      const e = rate[item]!;
      if (a !== 0) {
        sumA += a;
        sumB += b;
        squaresA += a * a;
        squaresB += b * b;
      }
      sumC += c;
      sumD += d;
      sumE += e;
      squaresC += c * c;
      squaresD += d * d;
      squaresE += e * e;
    }
    const sum = [sumA, sumB, sumC, sumD, sumE];
    const squares = [squaresA, squaresB, squaresC, squaresD, squaresE];
    const inverse = squares.map((total, f) => {
      const variance = total / candidates - (sum[f]! / candidates) ** 2;
      return variance > 1e-12 ? 1 / sqrt(variance) : 0;
    });
    const [a, b, c, d, e] = Array.from(this.weights, (weight, f) => weight * inverse[f]!) as Five;
    // The means are the same for every candidate: they drop out of ranks and softmax.
    for (let item = 0; item < size; item++) {
      scores[item]! +=
        a * pairs[item]! +
        b * logPairs[item]! +
        c * heat[item]! +
        d * logLiked[item]! +
        e * rate[item]!;
    }
    return { size, scores, candidates, pairs, logPairs, inverse, targets };
  }

  rank(field: Field): Rank[] {
    const { scores, candidates } = field;
    return field.targets.map(({ itemId, item }) => ({
      itemId,
      candidates,
      rank: rankAmong(scores, scores, item),
      popularity: rankAmong(this.#liked, scores, item),
    }));
  }

  /** One step up the log-likelihood of what was liked among the candidates. */
  learnWeights(field: Field): void {
    const { size, scores, pairs, logPairs, inverse, targets } = field;
    const heat = this.popularity.heat;
    const logLiked = this.#logLiked;
    const rate = this.#rate;
    let max = NO_CANDIDATE;
    for (let item = 0; item < size; item++) if (scores[item]! > max) max = scores[item]!;
    let total = 0;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let e = 0;
    for (let item = 0; item < size; item++) {
      const below = scores[item]! - max;
      if (below < -20) continue; // 2e-9 of the best: nothing to add
      const p = exp(below);
      total += p;
      a += p * pairs[item]!;
      b += p * logPairs[item]!;
      c += p * heat[item]!;
      d += p * logLiked[item]!;
      e += p * rate[item]!;
    }
    const columns = [pairs, logPairs, heat, logLiked, rate];
    for (const [f, sum] of [a, b, c, d, e].entries()) {
      const expected = sum / total;
      let gradient = 0;
      for (const { item } of targets) gradient += (expected - columns[f]![item]!) * inverse[f]!;
      this.squares[f]! += gradient * gradient;
      this.weights[f]! -= (STEP * gradient) / sqrt(this.squares[f]!);
    }
  }

  /** A user was shown an item, and liked it or not. Items are numbered from 0 as they appear. */
  learn(userId: string, item: number, liked: boolean): void {
    const isNew = item >= this.#items;
    this.#hottest = undefined;
    this.popularity.learn(item, isNew, liked);
    this.count(
      item,
      this.#countOf(this.#shown, item) + 1,
      this.#countOf(this.#liked, item) + (liked ? 1 : 0),
    );
    if (liked) {
      this.covisitation.learn(item, this.histories.lastLikes(userId, this.covisitation.window));
    }
    this.histories.add(userId, item, liked);
  }

  /** Sets the counts of an item; used by `learn`, and to restore what was saved elsewhere. */
  count(item: number, shown: number, liked: number): void {
    this.#items = max(this.#items, item + 1);
    this.#liked = grown(this.#liked, item + 1);
    this.#shown = grown(this.#shown, item + 1);
    this.#logLiked = grown(this.#logLiked, item + 1);
    this.#rate = grown(this.#rate, item + 1);
    this.#shown[item] = shown;
    this.#liked[item] = liked;
    this.#logLiked[item] = log1p(liked);
    this.#rate[item] = (liked + 2) / (shown + 4);
  }

  /** Items near the likes (oldest first), nearest first. */
  near(likes: readonly number[]): number[] {
    const scores = new Float64Array(this.#items);
    this.#covisited(likes, scores);
    const found: number[] = [];
    for (let item = 0; item < scores.length; item++) {
      if (scores[item] === 0) continue;
      scores[item]! *= powerOf(this.#liked[item]!);
      found.push(item);
    }
    return found.sort((one, other) => scores[other]! - scores[one]! || one - other);
  }

  /** All items, those liked most lately first. Sorted once until something is learned. */
  hottest(): readonly number[] {
    if (this.#hottest === undefined) {
      const { heat } = this.popularity;
      this.#hottest = Array.from({ length: this.#items }, (_, item) => item);
      this.#hottest.sort((one, other) => heat[other]! - heat[one]! || one - other);
    }
    return this.#hottest;
  }

  #countOf(counts: Float64Array, item: number): number {
    return item < this.#items ? counts[item]! : 0;
  }

  /** Sums the neighbours of the likes, the newest weighing most. */
  #covisited(likes: readonly number[], scores: Float64Array): void {
    let weight = 1;
    for (let i = likes.length - 1; i >= 0; i--) {
      const scale = weight * (1 + this.#liked[likes[i]!]!) ** -SOURCE_POWER;
      this.covisitation.addNeighbours(likes[i]!, scale, scores);
      weight *= KEEP;
    }
  }
}

type Five = [number, number, number, number, number];

/** 1 + better + tied / 2 of the target by `values`, among the items whose score is not −Infinity. */
function rankAmong(values: Float64Array, scores: Float64Array, target: number): number {
  const value = values[target]!;
  let better = 0;
  let tied = -1;
  for (let item = 0; item < scores.length; item++) {
    if (values[item]! < value || scores[item] === NO_CANDIDATE) continue;
    if (values[item]! > value) better += 1;
    else tied += 1;
  }
  return 1 + better + tied / 2;
}

/** (1 + likes)^−power of whole numbers, looked up. */
const POWERS = Float64Array.from({ length: 1024 }, (_, n) => (1 + n) ** -TARGET_POWER);
function powerOf(likes: number): number {
  return POWERS[likes] ?? (1 + likes) ** -TARGET_POWER;
}
