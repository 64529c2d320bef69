// A policy gradient on doubly robust rewards: the simulator imagines what each candidate would have
// earned, the logged rewards correct it. What the simulator answered by itself teaches nothing.

import type { Example } from '../../schemas/topics/examples.ts';
import { featuresOf, WIDTH } from '../bandit/features.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import { ItemCounts } from '../item-counts.ts';
import { clip, type Shrinkage } from '../ope/shrinkage.ts';
import { realPart, sourceOf } from '../outcomes.ts';
import type { DecisionContext, LearningPolicy, PolicyKind } from '../policy.ts';
import {
  counterfactualObjective,
  counterfactualRewards,
  type Imagined,
} from '../reward/counterfactual.ts';
import { imaginedRewards, type RewardModel } from '../reward/reward-model.ts';
import { Simulator } from '../reward/simulator.ts';
import { chosenPart } from '../rules/chosen-part.ts';
import { Adam } from './adam.ts';
import { WEIGHT_CAP } from './clipped.ts';
import { scoreOf } from './slate-policy.ts';
import {
  packEpisodes,
  saysSomething,
  TRANSITION_LAYOUT,
  type Transition,
  transitionOf,
  unpackEpisodes,
} from './transition.ts';

const FORMAT = 'millrace/doubly-robust/1';
/** Number of decisions learned from at once. */
const BATCH = 8;
const RATE = 0.03;

export class DoublyRobust implements LearningPolicy {
  readonly name = 'doubly-robust';
  version = 0;
  #counts = new ItemCounts();
  #actor = new Adam(WIDTH);
  #batch: Imagined[] = [];
  readonly #model: RewardModel;
  readonly #shrinkage: Shrinkage;

  constructor(model: RewardModel = Simulator.load(), shrinkage = clip(WEIGHT_CAP)) {
    this.#model = model;
    this.#shrinkage = shrinkage;
  }

  /** The policy that `save` wrote. @throws MillraceError `parameters-unreadable` */
  static load(bytes: Uint8Array): DoublyRobust {
    const parts = decodeParts(bytes, FORMAT);
    const meta = parts.meta as {
      version: number;
      items: string[];
      users: string[];
      layout?: number;
    };
    const one = new DoublyRobust(Simulator.load(Uint8Array.from(parts.f64('model'))));
    one.version = meta.version;
    one.#counts = ItemCounts.load(meta.items, parts);
    one.#actor = new Adam(WIDTH, parts.f64('actor'));
    if (meta.layout !== TRANSITION_LAYOUT) return one; // what waits is of an earlier version
    const transitions = unpackEpisodes(meta.users, parts.i32('sizes'), parts.f64('numbers')).flat();
    const q = parts.f64('imagined');
    let at = 0;
    one.#batch = transitions.map((transition) => {
      at += transition.copies.length;
      return { transition, q: q.slice(at - transition.copies.length, at) };
    });
    return one;
  }

  scores({ state, candidates }: DecisionContext): Float64Array {
    const { weights } = this.#actor;
    return Float64Array.from(candidates, (candidate) =>
      scoreOf(weights, featuresOf(state, candidate, this.#counts), 0),
    );
  }

  learn(example: Example): void {
    this.version += 1;
    const chosen = chosenPart(example);
    const transition = realWeights(transitionOf(chosen, this.#counts), chosen);
    if (saysSomething(transition)) {
      this.#batch.push({ transition, q: imaginedRewards(this.#model, chosen, this.#counts.rate) });
      if (this.#batch.length >= BATCH) this.#update();
    }
    this.#model.learn(realPart(example));
    this.#counts.learn(example);
  }

  /** Gives up the user's decisions that were not learned from yet. */
  forget(userId: string): void {
    this.#batch = this.#batch.filter(({ transition }) => transition.userId !== userId);
  }

  save(): Uint8Array {
    const counts = this.#counts.save();
    const { users, sizes, numbers } = packEpisodes(
      this.#batch.map(({ transition }) => [transition]),
    );
    return encodeParts({
      format: FORMAT,
      meta: { layout: TRANSITION_LAYOUT, version: this.version, items: counts.names, users },
      arrays: {
        ...counts.arrays,
        actor: this.#actor.save(),
        model: Float64Array.from(this.#model.save()),
        sizes,
        numbers,
        imagined: Float64Array.from(this.#batch.flatMap(({ q }) => [...q])),
      },
    });
  }

  #update(): void {
    const transitions = this.#batch.map(({ transition }) => transition);
    const { weights } = this.#actor;
    const rewards = this.#batch.map((one) => counterfactualRewards(one, weights, this.#shrinkage));
    this.#actor.ascend(counterfactualObjective(weights, transitions, rewards).gradient, RATE);
    this.#batch = [];
  }
}

/** The transition with a weight of 0 where a simulator answered. */
function realWeights(transition: Transition, example: Example): Transition {
  const weights = transition.weights.map((weight, j) =>
    sourceOf(example, example.items[j]!) === 'simulated' ? 0 : weight,
  );
  return { ...transition, weights };
}

export const doublyRobust: PolicyKind = {
  name: 'doubly-robust',
  create: () => new DoublyRobust(),
  load: (bytes) => DoublyRobust.load(bytes),
};
