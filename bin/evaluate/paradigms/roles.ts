// The fast tier alone, and with each role of the language model added, on held-out time.
import { join } from 'node:path';
import { ensureModel } from '../../../infra/embedded/model.ts';
import { KeptAnswers } from '../../../infra/llama/kept-answers.ts';
import { TokenCount } from '../../../infra/llama/token-count.ts';
import { millrace } from '../../../models/bandit/millrace/learner.ts';
import { addedScores, LearnedSum } from '../../../models/evaluation/added.ts';
import {
  type ChoiceFigures,
  figuresOf,
  meanRows,
  SLATE,
} from '../../../models/evaluation/choice-figures.ts';
import type { EvaluationRow } from '../../../models/evaluation/evaluation.ts';
import { contextOf, loggedSlate } from '../../../models/evaluation/head-lessons.ts';
import { loggedExample } from '../../../models/evaluation/logged-example.ts';
import { drawSlate } from '../../../models/exploration.ts';
import type { Learner } from '../../../models/learner.ts';
import { ReasonPmi } from '../../../models/llm/explain/reason-pmi.ts';
import { HeadTrainer } from '../../../models/llm/head-trainer.ts';
import { intentMatch } from '../../../models/llm/intent-match.ts';
import { Pmi } from '../../../models/llm/pmi.ts';
import { itemPrompt } from '../../../models/llm/prompts.ts';
import { Reasoner } from '../../../models/llm/reasoner/reasoner.ts';
import { situationOf } from '../../../models/llm/reasoner/situation.ts';
import { vocabularyOf } from '../../../models/llm/reasoner/vocabulary.ts';
import type { Candidate, Decided } from '../../../models/policy.ts';
import { Random, shuffled } from '../../../models/random.ts';
import { DoublyRobust, type RewardModel } from '../../../models/rl/doubly-robust.ts';
import type { Example } from '../../../schemas/topics/examples.ts';
import type { Judged } from '../protocol.ts';
import { type Films, openRole, type Represented } from './catalogue.ts';
import { type Moment, momentsOf } from './moments.ts';
import { RANK } from './policies.ts';

/** Share of the choices, the last in time, that is held out. */
const HELD = 0.3;
/** Held-out choices of a seed that the model itself is asked about at most, and for how long, ms. */
const ASKED = 20;
const ASK_MS = 60_000;
/** Of what it says, beside the fast tier's scores; nothing is trained on so few. */
const WEIGHT = 0.5;

type Said = Pick<Judged, 'signal' | 'progress'>;
type Scores = (moment: Moment) => Float64Array;

interface Cost {
  /** Added to a decision, ms. */
  readonly 'added ms': number;
  /** Tokens the language model reads or writes for one. */
  readonly tokens: number;
}

type Figures = ChoiceFigures & Cost;

export async function roleRows(
  all: Films,
  space: Represented,
  config: Judged['config'],
  seeds: readonly number[],
  said: Said,
): Promise<EvaluationRow[]> {
  const figures = new Map<string, Figures[]>();
  const file = config.llm.model ?? (await ensureModel(config.partsDir, said.progress));
  await using count = await TokenCount.open(file);
  await using model = await openRole(config, 'policy', said.progress);
  const answers = await KeptAnswers.open(join(config.partsDir, 'vectors'), model, (text) =>
    count.of(text),
  );
  const itemTokens = [...all.films.values()].reduce(
    (sum, { text }) => sum + count.of(itemPrompt(text)),
    0,
  );
  for (const seed of seeds) {
    const moments = momentsOf(all, seed);
    const from = Math.floor((1 - HELD) * moments.length);
    const [past, held] = [moments.slice(0, from), moments.slice(from)];
    const learned = learnFrom(past, all, space, seed, said);
    const choices = held.map(({ choice }) => choice);
    const add = (name: string, scores: Scores, of: readonly Moment[], cost: Cost) => {
      const one = figuresOf(
        of.map(({ choice }) => choice),
        (_, i) => scores(of[i]!),
      );
      figures.set(name, [...(figures.get(name) ?? []), { ...one, ...cost }]);
      const { 'NDCG@10': ndcg, AUC, reward } = one;
      const values = [ndcg, AUC, reward].map((value) => value.toFixed(4)).join(', ');
      said.progress(`seed ${seed}: ${name}: NDCG@10, AUC, reward ${values}, n = ${of.length}`);
    };
    const none = { 'added ms': 0, tokens: 0 };
    const fastMs = timeOf(learned.fast, held);
    // A film's vector is made once, whoever is asked about it.
    const tokens = itemTokens / moments.length;
    add('fast tier', learned.fast, held, none);
    for (const [name, scores] of Object.entries(learned.roles)) {
      const ms = timeOf(scores, held) - fastMs;
      add(`fast tier + ${name}`, scores, held, { 'added ms': ms, tokens });
    }
    for (const [name, scores] of Object.entries(learned.alone)) {
      add(name, scores, held, { 'added ms': timeOf(scores, held) - fastMs, tokens });
    }
    said.progress(`seed ${seed}: ${past.length} choices learned, ${choices.length} held out`);
    const asked = await ask(rolesOf(answers, all), answers, shuffled(held, new Random(seed)), said);
    if (asked.moments.length === 0) continue;
    add('fast tier, asked', learned.fast, asked.moments, none);
    for (const { name, told, cost } of asked.roles) {
      const scores: Scores = (moment) =>
        addedScores(learned.fast(moment), told.get(moment)!, WEIGHT);
      add(`fast tier, asked + ${name}`, scores, asked.moments, cost);
    }
  }
  return [...figures].flatMap(([name, bySeed]) =>
    meanRows(
      name,
      bySeed.map((one) => ({ ...one })),
    ),
  );
}

interface Asked {
  readonly moments: readonly Moment[];
  readonly roles: readonly {
    readonly name: string;
    readonly told: ReadonlyMap<Moment, readonly number[]>;
    readonly cost: Cost;
  }[];
}

/** Every role about one choice, then about the next, until there were enough or it took too long. */
async function ask(
  roles: ReturnType<typeof rolesOf>,
  { spent }: KeptAnswers,
  held: readonly Moment[],
  { signal }: Said,
): Promise<Asked> {
  const asked = Object.entries(roles).map(([name, role]) => {
    const cost = { ms: 0, tokens: 0 };
    return { name, role, told: new Map<Moment, readonly number[]>(), cost };
  });
  const moments: Moment[] = [];
  const until = performance.now() + ASK_MS;
  for (const moment of held.slice(0, ASKED)) {
    if (performance.now() > until) break;
    for (const { role, told, cost } of asked) {
      signal.throwIfAborted();
      const before = { ...spent };
      told.set(moment, await role(moment));
      cost.ms += spent.ms - before.ms;
      cost.tokens += spent.tokens - before.tokens;
    }
    moments.push(moment);
  }
  const n = moments.length;
  return {
    moments,
    roles: asked.map(({ name, told, cost }) => ({
      name,
      told,
      cost: { 'added ms': cost.ms / n, tokens: cost.tokens / n },
    })),
  };
}

/** What the past taught, frozen. */
interface Learned {
  readonly fast: Scores;
  readonly roles: Readonly<Record<string, Scores>>;
  /** Policies that are no part of the fast tier. */
  readonly alone: Readonly<Record<string, Scores>>;
}

function learnFrom(
  past: readonly Moment[],
  { films }: Films,
  space: Represented,
  seed: number,
  { signal }: Said,
): Learned {
  const [plain, represented] = [millrace.create(), millrace.create()];
  const head = new HeadTrainer({
    width: space.width,
    rank: RANK,
    columns: 0,
    algorithm: 'softmax',
    rate: 0.01,
    seed,
  });
  const similarities = ({ choice }: Moment) => {
    const { rows } = contextOf(choice, space);
    const stride = rows.length / choice.candidates.length;
    return choice.candidates.map((_, i) => rows[i * stride + space.width]!);
  };
  const candidates = (moment: Moment, near?: readonly number[]): Candidate[] =>
    moment.choice.candidates.map((itemId, i) => ({
      itemId,
      groups: films.get(itemId)!.groups,
      similarity: near?.[i] ?? null,
    }));
  const scored = (learner: Learner, { choice, state }: Moment, of: Candidate[]) =>
    learner.scores({ at: choice.at, k: of.length, state, candidates: of });
  const fast: Scores = (moment) => scored(plain, moment, candidates(moment));
  const near: Scores = (moment) =>
    scored(represented, moment, candidates(moment, similarities(moment)));
  const ranked: Scores = ({ choice }) => head.scores(contextOf(choice, space));
  // Of these a slate of five was shown at random, and nothing is known of the rest but by the simulator.
  const [imagined, unimagined] = [new DoublyRobust(), new DoublyRobust(nothing)];
  const random = new Random(seed + 5);
  const counter =
    (policy: DoublyRobust): Scores =>
    (moment) => {
      const of = candidates(moment, similarities(moment));
      const { choice, state } = moment;
      return policy.scores({ at: choice.at, k: of.length, state, candidates: of });
    };
  const [withHead, withBoth, withSimulator] = Array.from(
    { length: 3 },
    () => new LearnedSum(2),
  ) as [LearnedSum, LearnedSum, LearnedSum];
  for (const [n, moment] of past.entries()) {
    if (n % 500 === 0) signal.throwIfAborted();
    const { choice, state } = moment;
    const [one, two, three] = [fast(moment), near(moment), ranked(moment)];
    withHead.learn([one, three], choice.liked);
    withBoth.learn([two, three], choice.liked);
    withSimulator.learn([one, counter(imagined)(moment)], choice.liked);
    const example = (of: readonly Candidate[]) =>
      loggedExample(
        `${choice.userId} ${choice.at} ${n}`,
        choice.at,
        state,
        of.map((candidate, i) => ({
          ...candidate,
          groups: [...candidate.groups],
          positive: i === choice.liked,
          reward: i === choice.liked ? 1 : 0,
        })),
      );
    plain.learn(example(candidates(moment)));
    represented.learn(example(candidates(moment, similarities(moment))));
    head.learn([loggedSlate(choice, space)]);
    const shown = shownAtRandom(example(candidates(moment, similarities(moment))), random);
    imagined.learn(shown);
    unimagined.learn(shown);
  }
  return {
    fast,
    roles: {
      representer: near,
      policy: (moment) => withHead.scores([fast(moment), ranked(moment)]),
      simulator: (moment) => withSimulator.scores([fast(moment), counter(imagined)(moment)]),
      'representer + policy': (moment) => withBoth.scores([near(moment), ranked(moment)]),
    },
    alone: {
      'slates of five, doubly robust': counter(unimagined),
      'slates of five, doubly robust + simulator': counter(imagined),
    },
  };
}

/** Believes in nothing but the rate of all: what is learned without a simulator. */
const nothing: RewardModel = {
  predict: () => 0,
  learn: () => {},
  confidence: () => 0,
  save: () => new Uint8Array(),
};

/** As if five of the candidates had been shown, in an order drawn evenly, and the others not. */
function shownAtRandom(example: Example, random: Random): Decided {
  const n = example.items.length;
  const { chosen, propensities } = drawSlate(new Float64Array(n).fill(1 / n), SLATE, random);
  const shown = new Set(chosen);
  return {
    ...example,
    candidateCount: n,
    items: chosen.map((i, position) => ({
      ...example.items[i]!,
      position,
      propensity: propensities[position]!,
    })),
    unshown: example.items.filter((_, i) => !shown.has(i)),
  };
}

/** What the model says of each candidate, asked at the decision. */
function rolesOf(
  model: KeptAnswers,
  { films }: Films,
): Readonly<Record<string, (moment: Moment) => Promise<readonly number[]>>> {
  const pmi = new Pmi(model);
  const reasoner = new Reasoner(model, { samples: 0 });
  const reasons = new ReasonPmi(model);
  const vocabulary = vocabularyOf(films.values());
  const filmsOf = (ids: readonly string[]) => ids.flatMap((id) => films.get(id) ?? []);
  const titles = (ids: readonly string[]) => filmsOf(ids).map(({ title }) => title);
  return {
    'policy by PMI': ({ choice }) => pmi.pmi(titles(choice.history), titles(choice.candidates)),
    reasoner: async ({ choice, state }) => {
      const reading = await reasoner.read(
        situationOf(state, (id) => films.get(id)),
        vocabulary,
      );
      const { confidence, uncertainty } = reading;
      const [wanted, avoid] = [[...reading.wanted], [...reading.avoid]];
      const wish = { wanted, avoid, confidence, uncertainty: uncertainty.overall };
      return filmsOf(choice.candidates).map(({ groups }) => intentMatch(wish, groups) ?? 0);
    },
    explainer: ({ choice }) =>
      reasons.scores(filmsOf(choice.candidates), filmsOf(choice.history.slice(-20))),
  };
}

/** Mean time of a decision, ms. */
function timeOf(scores: Scores, moments: readonly Moment[]): number {
  const some = moments.slice(0, 300);
  const begun = performance.now();
  for (const moment of some) scores(moment);
  return (performance.now() - begun) / some.length;
}
