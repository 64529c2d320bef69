// Heads over the hidden states of a language model as policies, one for each objective. They score by
// the vectors of a decision and learn from the examples that carry vectors; vectors of another space
// begin a new head.
import type { Example } from '../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import type { DecisionContext, LearningPolicy, PolicyKind } from '../policy.ts';
import { transitionAmongShown } from '../rl/transition.ts';
import { type HeadContext, headContext } from './head.ts';
import { type HeadAlgorithm, HeadTrainer } from './head-trainer.ts';

const RANK = 16;
/** Columns besides the cosine: ln(1 + likes of the item). */
const COLUMNS = 1;

/** A head as a policy can be named. */
export interface HeadKind {
  readonly kind: PolicyKind;
  readonly doc: string;
  readonly needsCandidates: boolean;
}

class HeadPolicy implements LearningPolicy {
  readonly name: string;
  readonly tier = 'llm';
  readonly #algorithm: HeadAlgorithm;
  /** What its vectors are measured in; empty before the first example with vectors. */
  #space = '';
  #trainer: HeadTrainer | undefined;
  /** Slates learned from in earlier spaces: a version never goes back. */
  #before = 0;

  constructor(name: string, algorithm: HeadAlgorithm, bytes?: Uint8Array) {
    this.name = name;
    this.#algorithm = algorithm;
    if (!bytes) return;
    const parts = decodeParts(bytes, formatOf(name));
    const { space, before } = parts.meta as { space: string; before: number };
    const head = Uint8Array.from(parts.f64('head'));
    this.#space = space;
    this.#before = before;
    if (head.length > 0) this.#trainer = HeadTrainer.load(head);
  }

  /** Examples with vectors that it has learned from. */
  get version(): number {
    return this.#before + (this.#trainer?.version ?? 0);
  }

  /** Whether it has learned in the space of the vectors, and there are any. */
  canServe({ vectors }: DecisionContext): boolean {
    return this.#trainer !== undefined && vectors?.space === this.#space;
  }

  /** Zeros where it cannot serve. */
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

  /** Passes by an example without vectors. */
  learn(example: Example): void {
    const { space, profile, items } = example;
    if (space === '' || profile.length === 0) return;
    if (this.#space !== space) {
      this.#before = this.version;
      this.#space = space;
      this.#trainer = new HeadTrainer({
        algorithm: this.#algorithm,
        seed: 1,
        width: profile.length,
        rank: RANK,
        columns: COLUMNS,
      });
    }
    const context = contextOf(
      profile,
      items.map(({ features }) => features),
    );
    this.#trainer!.learn([{ ...transitionAmongShown(example), ...context }]);
  }

  save(): Uint8Array {
    const head = Float64Array.from(this.#trainer?.save() ?? []);
    return encodeParts({
      format: formatOf(this.name),
      meta: { space: this.#space, before: this.#before },
      arrays: { head },
    });
  }
}

/** @param features by candidate, as examples carry them: its vector, then the columns */
function contextOf(
  profile: readonly number[],
  features: readonly (readonly number[])[],
): HeadContext {
  const { length } = profile;
  return headContext(
    profile,
    features.map((own) => own.slice(0, length)),
    features.map((own) => own.slice(length)),
  );
}

const formatOf = (name: string) =>
  name === 'llm' ? 'millrace/llm-policy/1' : `millrace/${name}/1`;

function headKind(
  name: string,
  algorithm: HeadAlgorithm,
  doc: string,
  needsCandidates = true,
): HeadKind {
  return {
    doc,
    needsCandidates,
    kind: {
      name,
      create: () => new HeadPolicy(name, algorithm),
      load: (bytes) => new HeadPolicy(name, algorithm, bytes),
    },
  };
}

/** By objective; `llm` is the one served by default. */
export const heads: readonly HeadKind[] = [
  headKind('llm', 'dpo', 'Head over hidden states that prefers the liked to the skipped.', false),
  headKind('llm-softmax', 'softmax', 'Head over hidden states by the plain policy gradient.'),
  headKind('llm-ppo', 'ppo', 'Head over hidden states by proximal policy optimisation.'),
  headKind('llm-grpo', 'grpo', 'Head over hidden states that compares slates of one request.'),
];
