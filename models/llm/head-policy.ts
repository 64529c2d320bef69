// Heads over the hidden states of a language model as policies, one for each objective. They score by
// the vectors of a decision and learn from the examples that carry vectors; vectors of another space
// begin a new head.
import type { Example } from '../../schemas/topics/examples.ts';
import { type DecodedParts, decodeParts, encodeParts } from '../codec.ts';
import { realPart } from '../outcomes.ts';
import type { DecisionContext, LearningPolicy, PolicyKind } from '../policy.ts';
import { imaginedRewards } from '../reward/reward-model.ts';
import { Simulator } from '../reward/simulator.ts';
import { estimatesOf } from '../rl/group.ts';
import {
  type Estimates,
  transitionAmongCandidates,
  transitionAmongShown,
} from '../rl/transition.ts';
import { anyPart, chosenPart } from '../rules/chosen-part.ts';
import { type HeadContext, type HeadTransition, headContext } from './head.ts';
import { type HeadAlgorithm, HeadTrainer } from './head-trainer.ts';

const RANK = 16;
/** Number of columns besides the cosine: ln(1 + likes of the item). */
const COLUMNS = 1;

/** Makes heads of one objective, as a policy that can be named. */
export interface HeadKind {
  readonly kind: PolicyKind;
  readonly doc: string;
  readonly needsCandidates: boolean;
}

interface HeadDef {
  readonly name: string;
  readonly doc: string;
  readonly algorithm: HeadAlgorithm;
  readonly needsCandidates: boolean;
}

class HeadPolicy implements LearningPolicy {
  readonly name: string;
  readonly tier = 'llm';
  readonly #def: HeadDef;
  /**
   * Id of the space in which the vectors are measured; empty before the first example with vectors.
   */
  #space = '';
  #trainer: HeadTrainer | undefined;
  /** Number of slates learned from in earlier spaces, so that the version never goes back. */
  #before = 0;
  readonly #rewards: Rewards | undefined;

  constructor(def: HeadDef, bytes?: Uint8Array) {
    this.name = def.name;
    this.#def = def;
    const compares = def.algorithm === 'grpo';
    if (!bytes) {
      if (compares) this.#rewards = new Rewards();
      return;
    }
    const parts = decodeParts(bytes, formatOf(def.name));
    const { space, before } = parts.meta as { space: string; before: number };
    const head = Uint8Array.from(parts.f64('head'));
    this.#space = space;
    this.#before = before;
    if (head.length > 0) this.#trainer = HeadTrainer.load(head);
    if (compares) this.#rewards = new Rewards(parts);
  }

  /** Number of examples with vectors that the head has learned from. */
  get version(): number {
    return this.#before + (this.#trainer?.version ?? 0);
  }

  /** Whether the decision has vectors, and the head has learned in their space. */
  canServe({ vectors }: DecisionContext): boolean {
    return this.#trainer !== undefined && vectors?.space === this.#space;
  }

  /** Scores of the candidates; zeros if the head cannot serve. */
  scores(context: DecisionContext): Float64Array {
    const { candidates, vectors } = context;
    if (!vectors || !this.canServe(context)) return new Float64Array(candidates.length);
    const { profile, featuresOf } = vectors;
    return this.#trainer!.scores(
      contextOf(
        profile,
        candidates.map(({ itemId }) => featuresOf(itemId)),
      ),
    );
  }

  /**
   * Learns an example; one without vectors, or with some of other lengths, is passed over. Items that a rule
   * placed teach a preference, and no propensity.
   */
  learn(whole: Example): void {
    const example = this.#def.algorithm === 'dpo' ? anyPart(whole) : chosenPart(whole);
    const { space, profile } = example;
    const isEmpty = example.items.length === 0 && whole.items.length > 0;
    if (!isEmpty && space !== '' && profile.length > 0 && this.#fits(example)) {
      if (this.#space !== space) this.#begin(space, profile.length);
      this.#trainer!.learn([this.#transitionOf(example)]);
    }
    this.#rewards?.learn(whole);
  }

  /** Gives up the user's slates that were not learned from yet. */
  forget(userId: string): void {
    this.#trainer?.forget(userId);
  }

  save(): Uint8Array {
    const head = Float64Array.from(this.#trainer?.save() ?? []);
    return encodeParts({
      format: formatOf(this.name),
      meta: { space: this.#space, before: this.#before },
      arrays: { head, ...this.#rewards?.save() },
    });
  }

  /** Whether the vectors of an example have the lengths that the head computes with. */
  #fits({ space, profile, items, unshown }: Example): boolean {
    const known = space === this.#space && this.#trainer;
    if (known && known.options.width !== profile.length) return false;
    const whole = profile.length + COLUMNS;
    return [...items, ...unshown].every(({ features: { length } }) => length % whole === 0);
  }

  #begin(space: string, width: number): void {
    this.#before = this.version;
    this.#space = space;
    const { algorithm } = this.#def;
    const shape = { width, rank: RANK, columns: COLUMNS };
    this.#trainer = new HeadTrainer({ algorithm, seed: 1, ...shape });
  }

  #transitionOf(example: Example): HeadTransition {
    const { profile, items, unshown } = example;
    const featuresOf = (candidates: readonly { readonly features: readonly number[] }[]) =>
      contextOf(
        profile,
        candidates.map(({ features }) => features),
      );
    if (!this.#def.needsCandidates) {
      return { ...transitionAmongShown(example), ...featuresOf(items) };
    }
    const transition = {
      ...transitionAmongCandidates(example),
      ...featuresOf([...items, ...unshown]),
    };
    const rewards = this.#rewards;
    return rewards ? { ...transition, estimates: rewards.estimatesOf(example) } : transition;
  }
}

/** Rewards that the head takes for slates which nobody saw, if it learns by comparing slates. */
class Rewards {
  readonly #model: Simulator;
  /** Totals of logged items: shown, liked. */
  readonly #total: Float64Array;

  constructor(parts?: DecodedParts) {
    this.#model = Simulator.load(parts && Uint8Array.from(parts.f64('model')));
    this.#total = parts?.f64('total') ?? new Float64Array(2);
  }

  estimatesOf(example: Example): Estimates | undefined {
    const [shown, liked] = this.#total;
    // One pseudo-like of four, as everywhere.
    const rate = (liked! + 1) / (shown! + 4);
    return estimatesOf(example, imaginedRewards(this.#model, example, rate));
  }

  learn(example: Example): void {
    const real = realPart(example);
    this.#model.learn(real);
    this.#total[0]! += real.items.length;
    this.#total[1]! += real.items.filter(({ positive }) => positive).length;
  }

  save(): Record<string, Float64Array> {
    return { model: Float64Array.from(this.#model.save()), total: this.#total };
  }
}

/**
 * @param features features of each candidate as examples carry them: its vector, then the columns
 */
function contextOf(
  profile: readonly number[],
  features: readonly (readonly number[])[],
): HeadContext {
  const { length } = profile;
  return headContext(
    profile,
    features.map((own) => (own.length > 0 ? own.slice(0, length) : undefined)),
    features.map((own) => own.slice(length)),
  );
}

const formatOf = (name: string) =>
  name === 'llm' ? 'millrace/llm-policy/1' : `millrace/${name}/1`;

function headKind(def: HeadDef): HeadKind {
  const { name, doc, needsCandidates } = def;
  return {
    doc,
    needsCandidates,
    kind: {
      name,
      create: () => new HeadPolicy(def),
      load: (bytes) => new HeadPolicy(def, bytes),
    },
  };
}

/** The heads, one for each objective; `llm` is the one served by default. */
export const heads: readonly HeadKind[] = [
  headKind({
    name: 'llm',
    algorithm: 'dpo',
    doc: 'Head over hidden states that prefers the liked to the skipped.',
    needsCandidates: false,
  }),
  headKind({
    name: 'llm-softmax',
    algorithm: 'softmax',
    doc: 'Head over hidden states by the likelihood of what was shown, weighted by its rewards.',
    needsCandidates: true,
  }),
  headKind({
    name: 'llm-ppo',
    algorithm: 'ppo',
    doc: 'Head over hidden states by proximal policy optimisation.',
    needsCandidates: true,
  }),
  headKind({
    name: 'llm-grpo',
    algorithm: 'grpo',
    doc: 'Head over hidden states that compares slates of one request.',
    needsCandidates: true,
  }),
];
