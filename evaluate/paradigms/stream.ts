// Choices in the order of time: each policy ranks the candidates of one, and only then learns from it.
import { answeredExample } from '../../models/attribution.ts';
import { millrace } from '../../models/bandit/millrace/learner.ts';
import { LearnedSum } from '../../models/evaluation/added.ts';
import { SLATE } from '../../models/evaluation/choice-figures.ts';
import { contextOf, loggedSlate } from '../../models/evaluation/head-lessons.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { drawSlate } from '../../models/exploration.ts';
import type { Learner } from '../../models/learner.ts';
import { HeadTrainer } from '../../models/llm/head-trainer.ts';
import type { Candidate } from '../../models/policy.ts';
import { Random } from '../../models/random.ts';
import type { RewardModel } from '../../models/reward/reward-model.ts';
import { DoublyRobust } from '../../models/rl/doubly-robust.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import type { Films, Represented } from './catalogue.ts';
import type { Moment } from './moments.ts';
import { RANK } from './policies.ts';

/** What one policy made of the choices that count. */
export interface Ranked {
  /** Scores of the candidates, in the order of the choices. */
  readonly scores: Float64Array[];
  /** Mean time that a decision takes beyond the fast tier's, ms. */
  readonly addedMs: number;
}

export const FAST = 'fast tier';
const FROZEN = `${FAST}, frozen before`;
/** Rows that use no vectors of the language model. */
export const PLAIN: ReadonlySet<string> = new Set([FAST, FROZEN]);

/** Scores that a row is made of: of one policy, or added up with weights learned from the choices before. */
const rows = {
  [FAST]: ['fast'],
  [`${FAST} + representer`]: ['near'],
  [`${FAST} + policy`]: ['fast', 'head'],
  [`${FAST} + simulator`]: ['fast', 'imagined'],
  [`${FAST} + representer + policy`]: ['near', 'head'],
  [FROZEN]: ['frozen'],
  'slates of five, doubly robust': ['unimagined'],
  'slates of five, doubly robust + simulator': ['imagined'],
} as const;

type Part = (typeof rows)[keyof typeof rows][number];

/** @param from index of the first choice that counts; earlier ones are only learned from */
export function rankInTime(
  moments: readonly Moment[],
  from: number,
  { films }: Films,
  space: Represented,
  seed: number,
  signal: AbortSignal,
): ReadonlyMap<string, Ranked> {
  const [plain, represented] = [millrace.create(), millrace.create()];
  let frozen: Learner = plain;
  const head = new HeadTrainer({
    width: space.width,
    rank: RANK,
    columns: 0,
    algorithm: 'softmax',
    rate: 0.01,
    seed,
  });
  // Of these a slate of five was shown at random, and nothing is known of the rest but by the simulator.
  const [imagined, unimagined] = [new DoublyRobust(), new DoublyRobust(nothing)];
  const random = new Random(seed + 5);
  const plainOf = ({ choice }: Moment, near?: readonly number[]): Candidate[] =>
    choice.candidates.map((itemId, i) => ({
      itemId,
      groups: films.get(itemId)!.groups,
      similarity: near?.[i] ?? null,
    }));
  const nearOf = (moment: Moment) => {
    const { rows: context } = contextOf(moment.choice, space);
    const stride = context.length / moment.choice.candidates.length;
    const near = moment.choice.candidates.map((_, i) => context[i * stride + space.width]!);
    return plainOf(moment, near);
  };
  const by = (
    policy: Pick<Learner, 'scores'>,
    { choice, state }: Moment,
    candidates: Candidate[],
  ) => policy.scores({ at: choice.at, k: candidates.length, state, candidates });
  const parts: Readonly<Record<Part, (moment: Moment) => Float64Array>> = {
    fast: (moment) => by(plain, moment, plainOf(moment)),
    frozen: (moment) => by(frozen, moment, plainOf(moment)),
    near: (moment) => by(represented, moment, nearOf(moment)),
    head: ({ choice }) => head.scores(contextOf(choice, space)),
    imagined: (moment) => by(imagined, moment, nearOf(moment)),
    unimagined: (moment) => by(unimagined, moment, nearOf(moment)),
  };
  const spentMs = new Map<Part, number>();
  const timed = (part: Part, moment: Moment): Float64Array => {
    const begun = performance.now();
    const scores = parts[part](moment);
    spentMs.set(part, (spentMs.get(part) ?? 0) + performance.now() - begun);
    return scores;
  };
  const ranked = Object.entries(rows).map(([name, of]) => ({
    name,
    of,
    sum: new LearnedSum(of.length),
    scores: [] as Float64Array[],
  }));
  for (const [n, moment] of moments.entries()) {
    if (n % 500 === 0) signal.throwIfAborted();
    if (n === from) frozen = millrace.load(plain.save());
    const scored = Object.fromEntries(
      Object.keys(parts).map((part) => [part, timed(part as Part, moment)]),
    ) as Record<Part, Float64Array>;
    const { choice } = moment;
    for (const { of, sum, scores } of ranked) {
      const columns = of.map((part) => scored[part]);
      if (n >= from) scores.push(columns.length === 1 ? columns[0]! : sum.scores(columns));
      if (columns.length > 1) sum.learn(columns, choice.liked);
    }
    const [own, near] = [
      exampleOf(moment, n, plainOf(moment)),
      exampleOf(moment, n, nearOf(moment)),
    ];
    plain.learn(own);
    represented.learn(near);
    head.learn([loggedSlate(choice, space)]);
    const shown = shownAtRandom(moment, n, nearOf(moment), random);
    imagined.learn(shown);
    unimagined.learn(shown);
  }
  const meanMs = (part: Part) => spentMs.get(part)! / moments.length;
  return new Map(
    ranked.map(({ name, of, scores }) => {
      const ms = of.reduce((sum, part) => sum + meanMs(part), 0);
      return [name, { scores, addedMs: ms - meanMs('fast') }];
    }),
  );
}

function exampleOf(
  { choice, state }: Moment,
  n: number,
  candidates: readonly Candidate[],
): Example {
  const items = candidates.map((candidate, i) => ({
    ...candidate,
    groups: [...candidate.groups],
    // The order of a choice is drawn, so places say nothing.
    position: 0,
    positive: i === choice.liked,
    reward: i === choice.liked ? 1 : 0,
  }));
  return loggedExample(`${choice.userId} ${choice.at} ${n}`, choice.at, state, items);
}

/** A reward model that knows the rate of all items alone: for learning without a simulator. */
const nothing: RewardModel = {
  predictItem: () => 0,
  learn: () => {},
  confidence: () => 0,
  save: () => new Uint8Array(),
};

/** An example as if five candidates had been shown, in an order drawn evenly, and the others not. */
function shownAtRandom(
  { choice, state }: Moment,
  n: number,
  candidates: readonly Candidate[],
  random: Random,
): Example {
  const { userId, at, liked } = choice;
  const impressionId = `${userId} ${at} ${n} shown`;
  const even = new Float64Array(candidates.length).fill(1 / candidates.length);
  const { chosen, propensities } = drawSlate(even, SLATE, random);
  const left = candidates.filter((_, i) => !chosen.includes(i));
  const shown = chosen.map((i) => candidates[i]!);
  const impression = loggedImpression(
    {
      ...{ impressionId, userId, at },
      candidateCount: candidates.length,
      unshown: left.map(({ itemId, similarity }) => ({ itemId, similarity, intent: null })),
    },
    shown.map(({ itemId, similarity }, position) => ({
      ...{ itemId, similarity },
      propensity: propensities[position]!,
    })),
  );
  const { itemId } = candidates[liked]!;
  const clicks = chosen.includes(liked) ? [loggedClick({ impressionId, userId, itemId, at })] : [];
  const groups = [...shown, ...left].map((candidate) => [...candidate.groups]);
  return answeredExample(impression, state, groups, clicks);
}
