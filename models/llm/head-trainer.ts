// A head learns from rewards, online: batches of transitions, each ascending one of four objectives that
// the other reinforcement learners ascend too.
import { type DecodedParts, decodeParts, encodeParts } from '../codec.ts';
import { Random } from '../random.ts';
import { policyObjective } from '../rl/actor-critic.ts';
import { Adam } from '../rl/adam.ts';
import { proximalOf } from '../rl/clipped.ts';
import { dpoObjective, pairsOf } from '../rl/dpo.ts';
import { groupsOf } from '../rl/group.ts';
import { groupAdvantages, grpoObjective } from '../rl/grpo.ts';
import { ppoObjective } from '../rl/ppo.ts';
import { vTrace } from '../rl/returns.ts';
import { saysSomething, TRANSITION_LAYOUT } from '../rl/transition.ts';
import {
  freshHead,
  type HeadContext,
  type HeadShape,
  type HeadTransition,
  headScorer,
  headSize,
} from './head.ts';
import { meanBy, momentsOf, returnsOf } from './head-returns.ts';

/**
 * Objective of a head. `softmax`: the log-likelihood of what was shown, weighted by what it earned (Peters &
 * Schaal 2007), which on own slates is the plain policy gradient (Williams 1992); `ppo` and `grpo`: the
 * clipped objectives; `dpo`: clicked items over skipped ones of a slate.
 */
export type HeadAlgorithm = 'softmax' | 'ppo' | 'grpo' | 'dpo';

export interface HeadOptions extends HeadShape {
  readonly algorithm: HeadAlgorithm;
  readonly seed: number;
  /** Weight of the cosine at first. @default 8 */
  readonly cosine?: number;
  /** Step size of Adam. @default 0.003 */
  readonly rate?: number;
  /** Number of groups of transitions learned from at once. @default 16 */
  readonly batch?: number;
  /** Number of epochs over a batch, for `ppo` and `grpo`. @default 3 and 2 */
  readonly epochs?: number;
}

/** Number of updates after which the policy of `grpo` becomes the new reference. */
const REFRESH = 20;
/** Weight of the newest batch in the mean reward to come. */
const FOLLOW = 0.05;
const FORMAT = 'millrace/llm-head/1';

export class HeadTrainer {
  readonly options: HeadOptions;
  /** Number of decisions learned from or waiting to be. */
  version = 0;
  readonly #scorer: ReturnType<typeof headScorer>;
  readonly #actor: Adam;
  #reference: Float64Array;
  #updates = 0;
  /** Mean reward to come, by moment of a slate; NaN for a moment that did not occur yet. */
  #baseline: Float64Array;
  /** Waiting groups, each the slates of one request. */
  #batch: (readonly HeadTransition[])[] = [];

  constructor(options: HeadOptions, saved?: DecodedParts) {
    this.options = options;
    this.#scorer = headScorer(options);
    if (saved) {
      const { version, improvements, slates, waiting, layout } = saved.meta as Meta;
      this.version = version;
      this.#updates = improvements;
      this.#reference = saved.f64('reference');
      this.#baseline = saved.f64('baseline');
      this.#actor = new Adam(headSize(options), saved.f64('actor'));
      if (layout === TRANSITION_LAYOUT) {
        const transitions = unpack(waiting, saved.f64('numbers'), options);
        this.#batch = slates.map((n) => transitions.splice(0, n));
      }
      return;
    }
    const theta = freshHead(options, options.cosine ?? 8, new Random(options.seed));
    const state = new Float64Array(3 * theta.length + 1);
    state.set(theta);
    this.#actor = new Adam(theta.length, state);
    this.#reference = theta.slice();
    this.#baseline = new Float64Array(0);
  }

  get theta(): Float64Array {
    return this.#actor.weights;
  }

  /** Scores of the candidates, in logit units. */
  scores(context: HeadContext): Float64Array {
    return this.#scorer.scores(this.theta, context);
  }

  /**
   * Learns slates of one request. `grpo` compares them; beside a single slate with estimates it
   * draws others.
   * @param slates slates of one request
   */
  learn(slates: readonly HeadTransition[]): void {
    this.#batch.push(slates);
    this.version += slates.length;
    if (this.#batch.length < (this.options.batch ?? 16)) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#update(batch);
  }

  /** Gives up the slates of a user that were not learned from yet. */
  forget(userId: string): void {
    this.#batch = this.#batch.filter(([first]) => first?.userId !== userId);
  }

  #update(batch: readonly (readonly HeadTransition[])[]): void {
    const { algorithm, rate = 0.003 } = this.options;
    const scorer = this.#scorer;
    const groups = algorithm === 'grpo' ? groupsOf(batch, (one) => this.scores(one)) : batch;
    const transitions = groups.flat();
    // A step of nothing would still go on in the direction of the last ones.
    if (!transitions.some(saysSomething)) return;
    const ascend = (gradient: Float64Array) => this.#actor.ascend(gradient, rate);
    if (algorithm === 'dpo') {
      if (transitions.every((transition) => pairsOf(transition).length === 0)) return;
      ascend(dpoObjective(this.theta, this.#reference, transitions, scorer).gradient);
    } else if (algorithm === 'grpo') {
      const advantages = groups.flatMap(groupAdvantages);
      if (advantages.every((A) => A === 0)) return;
      const proximal = proximalOf(this.theta, transitions, scorer);
      const { epochs = 2 } = this.options;
      for (let epoch = 0; epoch < epochs; epoch++) {
        const { theta } = this;
        ascend(
          grpoObjective(theta, proximal, this.#reference, transitions, advantages, scorer).gradient,
        );
      }
      this.#updates += 1;
      if (this.#updates % REFRESH === 0) this.#reference = this.theta.slice();
    } else {
      if (algorithm === 'softmax') {
        const returns = transitions.map(returnsOf);
        ascend(policyObjective(this.theta, transitions, returns, scorer).gradient);
        return;
      }
      const proximal = proximalOf(this.theta, transitions, scorer);
      const ratios = proximal.map(({ weights }) => weights);
      const advantages = this.#advantages(transitions, ratios);
      const { epochs = 3 } = this.options;
      for (let epoch = 0; epoch < epochs; epoch++) {
        ascend(ppoObjective(this.theta, proximal, transitions, advantages, scorer).gradient);
      }
    }
  }

  /**
   * Advantages by V-trace without a discount; the value of a moment is the mean reward to come so far in
   * slates with as many positions left and as many likes above. Where the log is the head's own, they are
   * the rewards to come less that mean.
   * @param ratios ratios π / μ of each transition's choices
   */
  #advantages(
    transitions: readonly HeadTransition[],
    ratios: readonly Float64Array[],
  ): Float64Array[] {
    const returns = transitions.map(returnsOf);
    const moments = transitions.map(momentsOf);
    const size = Math.max(...moments.flatMap((of) => [...of])) + 1;
    if (this.#baseline.length < size) {
      const longer = new Float64Array(size).fill(Number.NaN);
      longer.set(this.#baseline);
      this.#baseline = longer;
    }
    const baseline = this.#baseline;
    const first = meanBy(moments, returns, size);
    for (let m = 0; m < size; m++) {
      // The first batch has nothing but its own mean to go by.
      if (Number.isNaN(baseline[m]) && !Number.isNaN(first[m])) baseline[m] = first[m]!;
    }
    const corrected = transitions.map(({ rewards, weights }, t) =>
      vTrace(
        Array.from(rewards, (reward, j) => ({
          ...{ reward, discount: j < rewards.length - 1 ? 1 : 0, weight: weights[j]! },
          ...{ value: baseline[moments[t]![j]!]!, ratio: ratios[t]![j]! },
        })),
        1,
      ),
    );
    const targets = meanBy(
      moments,
      corrected.map((one) => one.targets),
      size,
    );
    for (let m = 0; m < size; m++) {
      if (!Number.isNaN(targets[m])) baseline[m]! += FOLLOW * (targets[m]! - baseline[m]!);
    }
    return corrected.map(({ advantages }) => advantages);
  }

  save(): Uint8Array {
    const transitions = this.#batch.flat();
    const meta: Meta = {
      layout: TRANSITION_LAYOUT,
      options: this.options,
      version: this.version,
      improvements: this.#updates,
      slates: this.#batch.map(({ length }) => length),
      waiting: transitions.map(({ userId, at, weights, copies, rewards, estimates }) => ({
        userId,
        at,
        weights: Array.from(weights),
        candidates: copies.length,
        shown: rewards.length,
        ...(estimates && { seed: estimates.seed }),
      })),
    };
    const numbers = transitions.flatMap((one) => [
      ...one.profile,
      ...one.rows,
      ...one.copies,
      ...one.propensities,
      ...one.rewards,
      ...(one.estimates?.rewards ?? []),
    ]);
    const arrays = {
      actor: this.#actor.save(),
      reference: this.#reference,
      baseline: this.#baseline,
      numbers: Float64Array.from(numbers),
    };
    return encodeParts({ format: FORMAT, meta, arrays });
  }

  /** The trainer that `save` wrote. @throws MillraceError `parameters-unreadable` */
  static load(bytes: Uint8Array): HeadTrainer {
    const parts = decodeParts(bytes, FORMAT, ['baseline']);
    return new HeadTrainer((parts.meta as Meta).options, parts);
  }
}

interface Meta {
  /** Layout of what waits; with another than today's it is passed over. */
  layout?: number;
  options: HeadOptions;
  version: number;
  improvements: number;
  /** Number of slates of each waiting request. */
  slates: readonly number[];
  waiting: readonly {
    userId: string;
    at: number;
    weights: readonly number[];
    candidates: number;
    shown: number;
    /** Seed of the estimates, if there are any. */
    seed?: number;
  }[];
}

function unpack(
  waiting: Meta['waiting'],
  numbers: Float64Array,
  { width, columns }: HeadShape,
): HeadTransition[] {
  let place = 0;
  const take = (n: number) => {
    place += n;
    return numbers.slice(place - n, place);
  };
  return waiting.map(({ candidates, shown, seed, weights, ...transition }) => ({
    ...transition,
    weights: Float64Array.from(weights),
    profile: take(width),
    rows: take(candidates * (width + 1 + columns)),
    copies: take(candidates),
    propensities: take(shown),
    rewards: take(shown),
    ...(seed !== undefined && { estimates: { seed, rewards: take(candidates) } }),
  }));
}
