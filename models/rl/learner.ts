// The common part of the reinforcement learners: a linear softmax policy, a linear critic,
// transitions that wait to be learned from, and their bytes. An algorithm says what happens when an
// episode closes.

import type { Example } from '../../schemas/topics/examples.ts';
import { featuresOf, WIDTH } from '../bandit/features.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import { ItemCounts } from '../item-counts.ts';
import { realPart } from '../outcomes.ts';
import type { DecisionContext, LearningPolicy, PolicyKind } from '../policy.ts';
import { imaginedRewards } from '../reward/reward-model.ts';
import { Simulator } from '../reward/simulator.ts';
import { anyPart, chosenPart } from '../rules/chosen-part.ts';
import { Adam } from './adam.ts';
import { Episodes } from './episodes.ts';
import { estimatesOf } from './group.ts';
import { MOMENT_WIDTH } from './returns.ts';
import { scoreOf } from './slate-policy.ts';
import {
  packEpisodes,
  saysSomething,
  TRANSITION_LAYOUT,
  type Transition,
  transitionOf,
  unpackEpisodes,
} from './transition.ts';

/** What an algorithm may read and change. */
export interface Learned {
  /** Parameters θ of the policy. */
  readonly actor: Adam;
  readonly critic: Adam;
  /** Parameters θ of a policy to stay near; at first zeros, which are uniform. */
  readonly reference: Float64Array;
  /** Number of updates of the actor. */
  updates: number;
}

export interface Algorithm {
  readonly name: string;
  /** Pause that ends an episode, ms; null if each transition is an episode. */
  readonly gapMs: number | null;
  /** Number of episodes learned from at once. */
  readonly batch: number;
  /**
   * Whether the algorithm compares slates of one request; if there is only one, others are drawn.
   * @default false
   */
  readonly compares?: boolean;
  /** Whether it does not matter who chose what was shown: then items that rules placed teach too. @default false */
  readonly fromAnybody?: boolean;
  readonly update: (learned: Learned, batch: readonly (readonly Transition[])[]) => void;
}

class ReinforcementLearner implements LearningPolicy {
  readonly name: string;
  version = 0;
  #counts = new ItemCounts();
  #learned: Learned;
  #episodes: Episodes;
  #batch: Transition[][] = [];
  readonly #algorithm: Algorithm;
  /** The model that imagines rewards of slates nobody saw, if the algorithm compares slates. */
  readonly #model: Simulator | undefined;

  constructor(algorithm: Algorithm, saved?: Uint8Array) {
    this.name = algorithm.name;
    this.#algorithm = algorithm;
    const gapMs = algorithm.gapMs ?? 0;
    const { compares = false } = algorithm;
    if (saved === undefined) {
      if (compares) this.#model = Simulator.load();
      const reference = new Float64Array(WIDTH);
      const [actor, critic] = [new Adam(WIDTH), new Adam(MOMENT_WIDTH)];
      this.#learned = { actor, critic, reference, updates: 0 };
      this.#episodes = new Episodes(gapMs);
      return;
    }
    const parts = decodeParts(saved, formatOf(this.name));
    const meta = parts.meta as Meta;
    this.version = meta.version;
    this.#counts = ItemCounts.load(meta.items, parts);
    this.#learned = {
      actor: new Adam(WIDTH, parts.f64('actor')),
      critic: new Adam(MOMENT_WIDTH, parts.f64('critic')),
      reference: parts.f64('reference'),
      updates: meta.improvements,
    };
    const episodes = (which: 'open' | 'batch') =>
      meta.layout === TRANSITION_LAYOUT
        ? unpackEpisodes(
            meta[which],
            parts.i32(`${which}Sizes`),
            parts.f64(`${which}Numbers`),
            compares,
          )
        : [];
    this.#episodes = new Episodes(gapMs, episodes('open'));
    this.#batch = episodes('batch');
    if (compares) this.#model = Simulator.load(Uint8Array.from(parts.f64('model')));
  }

  scores({ state, candidates }: DecisionContext): Float64Array {
    const { weights } = this.#learned.actor;
    return Float64Array.from(candidates, (candidate) =>
      scoreOf(weights, featuresOf(state, candidate, this.#counts), 0),
    );
  }

  learn(example: Example): void {
    const { gapMs, batch, update } = this.#algorithm;
    const transition = this.#transitionOf(example);
    if (saysSomething(transition)) {
      const closed = gapMs === null ? [[transition]] : this.#episodes.add(transition);
      for (const episode of closed) {
        this.#batch.push(episode);
        if (this.#batch.length < batch) continue;
        update(this.#learned, this.#batch);
        this.#batch = [];
      }
    }
    // What a simulator answered is no evidence.
    this.#model?.learn(realPart(example));
    this.#counts.learn(example);
    this.version += 1;
  }

  /** Gives up the user's episodes that were not learned from yet. */
  forget(userId: string): void {
    this.#episodes.forget(userId);
    this.#batch = this.#batch.filter(([first]) => first?.userId !== userId);
  }

  save(): Uint8Array {
    const { actor, critic, reference, updates } = this.#learned;
    const counts = this.#counts.save();
    const open = packEpisodes(this.#episodes.open, this.#model !== undefined);
    const batch = packEpisodes(this.#batch, this.#model !== undefined);
    const meta: Meta = {
      layout: TRANSITION_LAYOUT,
      version: this.version,
      improvements: updates,
      items: counts.names,
      open: open.users,
      batch: batch.users,
    };
    return encodeParts({
      format: formatOf(this.name),
      meta,
      arrays: {
        ...counts.arrays,
        actor: actor.save(),
        critic: critic.save(),
        reference,
        openSizes: open.sizes,
        openNumbers: open.numbers,
        batchSizes: batch.sizes,
        batchNumbers: batch.numbers,
        ...(this.#model && { model: Float64Array.from(this.#model.save()) }),
      },
    });
  }

  #transitionOf(whole: Example): Transition {
    const example = this.#algorithm.fromAnybody ? anyPart(whole) : chosenPart(whole);
    const transition = transitionOf(example, this.#counts);
    if (!this.#model) return transition;
    const q = imaginedRewards(this.#model, example, this.#counts.rate);
    return { ...transition, estimates: estimatesOf(example, q) };
  }
}

interface Meta {
  /** Layout of what waits; with another than today's it is passed over. */
  layout?: number;
  version: number;
  improvements: number;
  items: readonly string[];
  /** User of each open episode, and of each episode that waits for its batch. */
  open: readonly string[];
  batch: readonly string[];
}

const formatOf = (name: string) => `millrace/${name}/1`;

/** A policy that learns by the algorithm. */
export function reinforcementKind(algorithm: Algorithm): PolicyKind {
  return {
    name: algorithm.name,
    create: () => new ReinforcementLearner(algorithm),
    load: (bytes) => new ReinforcementLearner(algorithm, bytes),
  };
}
