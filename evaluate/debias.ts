// `millrace evaluate debias`: learned from ratings that users chose to give, judged on ratings of items
// drawn at random; and the random log replayed to policies that choose.

import { type CoatLog, type CoatRating, readCoat } from '../datasets/coat.ts';
import { LIKED } from '../datasets/movielens.ts';
import { millrace } from '../models/bandit/millrace/learner.ts';
import { MeanValues } from '../models/baseline/mean-values.ts';
import { debiasRows } from '../models/evaluation/debias.ts';
import type { EvaluationRow } from '../models/evaluation/evaluation.ts';
import { type ReplayRound, replay } from '../models/evaluation/replay.ts';
import type { Learner } from '../models/learner.ts';
import { mean, standardError } from '../models/moments.ts';
import { Random, shuffled } from '../models/random.ts';
import { CoatExamples } from './coat-examples.ts';
import type { Protocol } from './protocol.ts';

/** Weights of a rating by its propensity, before they are divided by the greatest of the log. */
const weightings = {
  naive: () => 1,
  '√IPS': (propensity: number) => Math.sqrt(1 / propensity),
  IPS: (propensity: number) => 1 / propensity,
} as const;

type Weighting = keyof typeof weightings;

/**
 * Number of candidates in a replayed round, the logged item among them; `epsilon` is the share of
 * picks that are drawn at random.
 */
const slate = 8;
const epsilon = 0.05;
const orders = 5;

export const debias: Protocol = {
  name: 'debias',
  doc: `Learned once over the ratings that users chose, in an order drawn from the seed, weighed by inverse
propensities or not; AUC, NDCG@5 and MSE on the ratings of random items; 4 stars or more are positive.
Then the random log is replayed in ${orders} seeded orders: of ${slate} candidates the policy picks one, a round counts
when that is the logged one, and only then is it learned. Mean reward, from nothing and after the log.`,
  datasets: ['coat'],
  async run({ dataset, folder, seed, signal, progress }) {
    const log = await readCoat(folder);
    const chosen = new Set(log.train.map(pairOf));
    const rows: EvaluationRow[] = [];
    for (const weighting of Object.keys(weightings) as Weighting[]) {
      signal.throwIfAborted();
      const judged = judge(log, learned(log, weighting, seed));
      rows.push(...debiasRows(`millrace, ${weighting}`, judged));
      // Some pairs are in both logs, with the same stars: without them, too.
      const unseen = judged.filter((_, i) => !chosen.has(pairOf(log.test[i]!)));
      rows.push(...debiasRows(`millrace, ${weighting}, new pairs`, unseen));
      progress(`millrace, ${weighting}, judged`);
    }
    rows.push(...debiasRows('user mean + item mean', judgeMeans(log)));
    for (const [model, begin] of [
      ['replay: millrace', () => fresh(log)],
      ['replay: millrace after the log', () => learned(log, '√IPS', seed)],
      ['replay: uniform', () => null],
    ] as const) {
      signal.throwIfAborted();
      rows.push(...replayRows(model, log, seed, begin));
      progress(`${model}, ${orders} orders`);
    }
    return { protocol: 'debias', dataset, n: log.test.length, seed, rows };
  },
};

const pairOf = ({ user, item }: CoatRating) => `${user}/${item}`;

interface Learned {
  readonly learner: Learner;
  readonly examples: CoatExamples;
}

const fresh = (log: CoatLog): Learned => ({
  learner: millrace.create(),
  examples: new CoatExamples(log),
});

function learned(log: CoatLog, weighting: Weighting, seed: number): Learned {
  const weight = ({ user, item }: CoatRating) =>
    weightings[weighting](log.propensities[user]![item]!);
  const greatest = Math.max(...log.train.map(weight));
  const made = fresh(log);
  for (const rating of shuffled(log.train, new Random(seed))) {
    made.learner.learn(made.examples.take(rating, weight(rating) / greatest));
  }
  return made;
}

function judge(log: CoatLog, { learner, examples }: Learned) {
  return log.test.map((rating) => {
    const context = examples.context(rating.user, rating.item);
    return {
      user: rating.user,
      stars: rating.stars,
      positive: rating.stars >= LIKED,
      score: learner.predict(context)[0]!,
      expected: learner.predictValues(context)[0]!,
    };
  });
}

function judgeMeans(log: CoatLog) {
  const means = new MeanValues('means', { user: true, item: true });
  const examples = new CoatExamples(log);
  for (const rating of log.train) means.learn(examples.take(rating));
  return log.test.map((rating) => {
    const expected = means.predictValues(examples.context(rating.user, rating.item))[0]!;
    const { user, stars } = rating;
    return { user, stars, positive: stars >= LIKED, score: expected, expected };
  });
}

interface Round {
  readonly rating: CoatRating;
  readonly items: readonly number[];
  readonly random: Random;
}

/** @param begin makes the policy; null picks at random and learns nothing */
function replayRows(
  model: string,
  log: CoatLog,
  seed: number,
  begin: () => Learned | null,
): EvaluationRow[] {
  const found = Array.from({ length: orders }, (_, order) => {
    const made = begin();
    return replay(roundsOf(log, new Random(seed * orders + order)), {
      pick({ rating, items, random }: Round) {
        if (!made || random.next() < epsilon) return random.below(items.length);
        const { learner, examples } = made;
        const candidates = items.map((item) => examples.candidate(rating.user, item));
        const state = examples.stateOf(rating.user);
        const scores = learner.scores({ at: examples.at, k: 1, state, candidates });
        return scores.indexOf(Math.max(...scores));
      },
      learn({ rating }) {
        made?.learner.learn(made.examples.take(rating));
      },
    });
  });
  const rewards = Float64Array.from(found, ({ reward }) => reward);
  const value = mean(rewards);
  return [
    { model, metric: 'reward', span: 'all', value, standardError: standardError(rewards) },
    {
      model,
      metric: 'accepted',
      span: 'all',
      value: mean(Float64Array.from(found, (one) => one.accepted)),
    },
  ];
}

/**
 * The rounds of the random log: each rating with seven other items, the logged one at a place that
 * is drawn as well.
 */
function* roundsOf(log: CoatLog, random: Random): Generator<ReplayRound<Round>> {
  for (const rating of shuffled(log.test, random)) {
    const items = new Set([rating.item]);
    while (items.size < Math.min(slate, log.items)) items.add(random.below(log.items));
    const placed = shuffled([...items], random);
    yield {
      round: { rating, items: placed, random },
      logged: placed.indexOf(rating.item),
      reward: rating.stars >= LIKED ? 1 : 0,
    };
  }
}
