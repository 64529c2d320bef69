// Every policy that a variant can name, in one registry. A new one is its own file and one line here.
import { MillraceError } from '../schemas/errors.ts';
import { decayedPopularity } from './bandit/baselines/decayed-popularity.ts';
import { itemKnn } from './bandit/baselines/item-knn.ts';
import { markov } from './bandit/baselines/markov.ts';
import { likeRate, means } from './bandit/baselines/predictor.ts';
import { factorizationAdagrad, factorizationFtrl } from './bandit/factorization/policy.ts';
import { InvertedPolicy } from './bandit/inverted.ts';
import { epsilonGreedyPolicy } from './bandit/linear/epsilon-greedy.ts';
import { linUcb } from './bandit/linear/lin-ucb.ts';
import { squareCb } from './bandit/linear/square-cb.ts';
import { linearThompson } from './bandit/linear/thompson.ts';
import { millrace } from './bandit/millrace/learner.ts';
import { type LikesSource, PopularityPolicy } from './bandit/popularity.ts';
import { UniformPolicy } from './bandit/uniform.ts';
import type { Learner } from './learner.ts';
import { heads } from './llm/head-policy.ts';
import type { LearningPolicy, Policy, PolicyKind } from './policy.ts';
import { actorCritic } from './rl/actor-critic.ts';
import { doublyRobust } from './rl/doubly-robust.ts';
import { dpo } from './rl/dpo.ts';
import { grpo } from './rl/grpo.ts';
import { ppo } from './rl/ppo.ts';
import { topK } from './rl/top-k.ts';

/** A policy that a variant can name. */
export interface PolicyEntry {
  readonly name: string;
  /** What the policy does, in one sentence. */
  readonly doc: string;
  /** The learning policy from whose snapshot it is served; absent if it needs none. */
  readonly source?: PolicyKind;
  /** Makes the policy that decides, from the source as it was loaded last. */
  serve(source?: LearningPolicy): Policy;
  /**
   * Makes the policy that decides before there is a snapshot, by likes that were counted elsewhere.
   */
  unlearned?(likes: LikesSource['counts']): Policy;
  /**
   * Name of the policy that serves while there is no snapshot, and where this one cannot; absent if
   * it always can.
   */
  readonly fallback?: string;
  /** Whether it learns from candidates that were not shown; examples then carry some of them. */
  readonly needsCandidates: boolean;
  /** Whether it scores by vectors of the language model, which items and the user must have. */
  readonly needsVectors: boolean;
}

type Needs = Partial<Pick<PolicyEntry, 'needsCandidates' | 'needsVectors' | 'fallback'>>;

/** The entry of a policy that learns and is served from its own snapshot. */
function learned(source: PolicyKind, doc: string, needs: Needs = {}): PolicyEntry {
  return {
    name: source.name,
    doc,
    source,
    serve: (policy) => policy!,
    fallback: 'popularity',
    needsCandidates: false,
    needsVectors: false,
    ...needs,
  };
}

/** The entry of a policy that is made from what the learner knows. */
function ofLearner(
  name: string,
  doc: string,
  make: (learner: Learner) => Policy,
  more: Partial<Pick<PolicyEntry, 'fallback' | 'unlearned'>> = {},
): PolicyEntry {
  return {
    name,
    doc,
    source: millrace,
    // The learner is what its own kind loads.
    serve: (policy) => make(policy as Learner),
    fallback: 'uniform',
    needsCandidates: false,
    needsVectors: false,
    ...more,
  };
}

const candidates: Needs = { needsCandidates: true };

const entries: readonly PolicyEntry[] = [
  {
    name: 'uniform',
    doc: 'Shows anything to anybody, each item equally likely.',
    serve: () => new UniformPolicy(),
    needsCandidates: false,
    needsVectors: false,
  },
  ofLearner(
    'popularity',
    'Shows items in proportion to their likes so far.',
    (learner) => new PopularityPolicy(learner),
    { unlearned: (counts) => new PopularityPolicy({ version: 0, counts }) },
  ),
  ofLearner(
    'inverted',
    'Shows what the learner thinks worst: a candidate that must be kept out.',
    (learner) => new InvertedPolicy(learner),
  ),
  ofLearner(
    'millrace',
    'The learner: an online click model of hashed ids, factors and running statistics.',
    (learner) => learner,
    { fallback: 'popularity' },
  ),
  learned(likeRate, 'Shows items by their rate of likes.'),
  learned(means, 'Shows items by the mean of the user plus the mean of the item.'),
  learned(decayedPopularity, 'Shows what was liked lately; a like fades with the events after it.'),
  learned(itemKnn, 'Shows what is liked together with what the user liked (Sarwar et al. 2001).'),
  learned(markov, "Shows what is liked right after the user's last like."),
  learned(linUcb, 'Linear bandit, optimistic about what it is unsure of (Li et al. 2010).'),
  learned(linearThompson, 'Linear bandit that draws its weights (Agrawal & Goyal 2013).'),
  learned(epsilonGreedyPolicy, 'Linear bandit that shows the best, and now and then anything.'),
  learned(squareCb, 'Linear bandit that explores by the gap to the best (Foster & Rakhlin 2020).'),
  learned(factorizationAdagrad, 'Factorization machine of hashed ids, by AdaGrad.'),
  learned(factorizationFtrl, 'Factorization machine of hashed ids, by FTRL-Proximal.'),
  learned(actorCritic, 'One-step actor–critic over sessions (Degris et al. 2012).', candidates),
  learned(ppo, 'Proximal policy optimisation over sessions (Schulman et al. 2017).', candidates),
  learned(
    grpo,
    'Compares several slates of one request with each other (Shao et al. 2024).',
    candidates,
  ),
  learned(dpo, 'Learns to prefer the liked to the skipped of a slate (Rafailov et al. 2023).'),
  learned(topK, 'REINFORCE for slates from any log (Chen et al. 2019).', candidates),
  learned(doublyRobust, 'Policy gradient on doubly robust rewards of all candidates.', candidates),
  ...heads.map(({ kind, doc, needsCandidates }) =>
    learned(kind, doc, { needsVectors: true, needsCandidates, fallback: 'millrace' }),
  ),
];

/** All policies, by name. */
export const policies: ReadonlyMap<string, PolicyEntry> = new Map(
  entries.map((entry) => [entry.name, entry]),
);

/** The entry of a policy. @throws MillraceError `policy-unknown` */
export function policyNamed(name: string): PolicyEntry {
  const entry = policies.get(name);
  if (entry) return entry;
  throw new MillraceError({
    code: 'policy-unknown',
    what: `There is no policy ${name}.`,
    todo: `Name one of ${policyNames.join(', ')}.`,
  });
}

/** Names of the policies that a variant can name. */
export const policyNames: readonly string[] = [...policies.keys()];

/** The entry of a policy that learns and serves from its own snapshots. */
type LearningEntry = PolicyEntry & { readonly source: PolicyKind };

const learns = (entry: PolicyEntry): entry is LearningEntry => entry.source?.name === entry.name;

/**
 * The policies whose parameters must be learned to serve those named, in the order of the registry. The
 * learner is left out: it always learns, for candidates are retrieved from it.
 */
export function learnersOf(names: readonly string[]): LearningEntry[] {
  return entries.filter(learns).filter(({ name }) => name !== 'millrace' && names.includes(name));
}

/** The policies that learn, by name. */
export const learningPolicies: ReadonlyMap<string, PolicyKind> = new Map(
  entries.filter(learns).map(({ name, source }) => [name, source]),
);
