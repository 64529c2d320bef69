// Inputs on which figures are compared: drawn from a seed, and hard ones by hand. NaN is written as null.
import { power } from '../../models/power.ts';
import { Random, shuffled } from '../../models/random.ts';
import { texts } from './texts.ts';

/** Scores of items with their gains: labels of 0 and 1, or grades. */
export interface Scored {
  readonly scores: readonly number[];
  readonly gains: readonly number[];
}

/** Logged rounds of one decision each. */
export interface Logged {
  readonly weights: readonly number[];
  readonly rewards: readonly number[];
  readonly predicted: readonly number[];
  readonly expected: readonly number[];
}

/** Slates of one item that were served, and what another policy would have done. */
export interface Served {
  readonly items: readonly number[];
  readonly propensities: readonly number[];
  readonly targets: readonly number[];
  readonly clicked: readonly number[];
}

export interface Cases {
  /** Probabilities of clicks, all of one stream; the views of ClickHouse have them too. */
  readonly clicks: Readonly<Record<string, Scored>>;
  /** Short lists of items, each ranked by itself. */
  readonly lists: Readonly<Record<string, Scored>>;
  readonly texts: typeof texts;
  readonly logs: Readonly<Record<string, Logged>>;
  readonly served: Readonly<Record<string, Served>>;
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

/** @param size number of items in a stream of clicks, and of rounds in a log */
export function makeCases(seed: number, size: number): Cases {
  const random = new Random(seed);
  const scored = (n: number, score: () => number, gain: (score: number) => number): Scored => {
    const scores = Array.from({ length: n }, score);
    return { scores, gains: scores.map(gain) };
  };
  const uniform = () => random.next();
  const click = (p: number) => (random.next() < p ? 1 : 0);
  const grade = () => random.below(5);
  const numbers = (n: number, draw: () => number) => Array.from({ length: n }, draw);
  const heavy = () => 0.2 / (0.02 + random.next());
  return {
    clicks: {
      random: scored(size, uniform, click),
      'ties of tenths': scored(size, () => random.below(11) / 10, click),
      'two values': scored(size, () => (random.below(2) === 0 ? 0.2 : 0.7), click),
      'all equal': scored(200, () => 0.3, click),
      'below 1e-6': scored(
        size,
        () => 1e-7 * random.next(),
        () => random.below(2),
      ),
      'near 1': scored(
        size,
        () => 1 - 1e-9 * random.below(1000),
        () => random.below(2),
      ),
      '0 and 1': scored(
        size,
        () => random.below(2),
        () => random.below(2),
      ),
      'one class': scored(50, uniform, () => 1),
      'a single click': { scores: numbers(300, uniform), gains: numbers(300, () => 0).with(7, 1) },
      'some without a score': scored(
        size,
        () => (random.below(10) === 0 ? Number.NaN : random.next()),
        () => random.below(2),
      ),
    },
    lists: Object.fromEntries(
      [3, 10, 11, 20, 200].flatMap((n) => [
        [`labels, ${n}`, distinct(random, n, () => (random.below(3) === 0 ? 1 : 0))],
        [`grades, ${n}`, distinct(random, n, grade)],
        [`grades and ties, ${n}`, scored(n, () => random.below(4), grade)],
        [`all equal, ${n}`, scored(n, () => 0.5, grade)],
        [
          `some without a score, ${n}`,
          scored(n, () => (random.below(3) === 0 ? Number.NaN : random.below(4)), grade),
        ],
        [`one relevant, ${n}`, one(random, n, uniform)],
        [`one relevant and ties, ${n}`, one(random, n, () => random.below(3))],
      ]),
    ),
    texts,
    logs: {
      'near the log': log(random, size, () => 0.5 + random.next()),
      'heavy weights': log(random, size, heavy),
      'mostly 0': log(random, size, () => (random.below(20) === 0 ? heavy() : 0)),
      'ten rounds': log(random, 10, heavy),
    },
    served: {
      'near the log': served(random, size, () => 0.2 + random.next() / 5),
      'heavy weights': served(random, size, () => 0.01 + 0.9 * power(random.next(), 8)),
    },
    samples: {
      small: numbers(size, () => random.next() - 0.5),
      'about a million': numbers(size, () => 1e6 + random.next()),
      'about 1e9': numbers(size, () => 1e9 + random.next()),
    },
  };
}

function distinct(random: Random, n: number, gain: () => number): Scored {
  const scores = shuffled(
    Array.from({ length: n }, (_, i) => (i + 1) / 8),
    random,
  );
  return { scores, gains: scores.map(gain).with(0, 1) };
}

function one(random: Random, n: number, score: () => number): Scored {
  const target = random.below(n);
  const gains = Array.from({ length: n }, (_, i) => (i === target ? 1 : 0));
  return { scores: Array.from({ length: n }, score), gains };
}

function log(random: Random, n: number, weight: () => number): Logged {
  const of = (draw: () => number) => Array.from({ length: n }, draw);
  return {
    weights: of(weight),
    rewards: of(() => (random.below(3) === 0 ? 1 : 0)),
    predicted: of(() => random.next()),
    expected: of(() => random.next()),
  };
}

function served(random: Random, n: number, target: () => number): Served {
  const of = (draw: () => number) => Array.from({ length: n }, draw);
  const items = of(() => random.below(5));
  return {
    items,
    propensities: of(() => 0.02 + random.next() / 2),
    targets: of(target),
    clicked: items.map((item) => (random.next() < 0.1 + 0.1 * item ? 1 : 0)),
  };
}
