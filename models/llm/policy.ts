// The language model as a policy in the streams: a head over its hidden states, aligned to what users
// clicked over what they skipped. Its parameters are a function of the examples, which carry the vectors
// they were made with; vectors of another space begin a new head.
import type { Example } from '../../schemas/topics/examples.ts';
import { decodeParts, encodeParts } from '../codec.ts';
import { transitionAmongShown } from '../rl/transition.ts';
import { type HeadContext, headContext } from './head.ts';
import { HeadTrainer } from './head-trainer.ts';

const FORMAT = 'millrace/llm-policy/1';
const RANK = 16;
/** Columns besides the cosine: ln(1 + likes of the item). */
const COLUMNS = 1;

export class LlmPolicy {
  readonly name = 'llm';
  /** What its vectors are measured in; empty before the first example with vectors. */
  readonly space: string;
  readonly #trainer: HeadTrainer | undefined;
  /** Slates learned from in earlier spaces: a version never goes back. */
  readonly #before: number;

  private constructor(space: string, trainer: HeadTrainer | undefined, before: number) {
    this.space = space;
    this.#trainer = trainer;
    this.#before = before;
  }

  /** One that has learned nothing, or the one `save` wrote. @throws MillraceError `parameters-unreadable` */
  static load(bytes?: Uint8Array): LlmPolicy {
    if (!bytes) return new LlmPolicy('', undefined, 0);
    const parts = decodeParts(bytes, FORMAT);
    const { space, before } = parts.meta as { space: string; before: number };
    const head = Uint8Array.from(parts.f64('head'));
    return new LlmPolicy(space, head.length > 0 ? HeadTrainer.load(head) : undefined, before);
  }

  /** Slates learned from. */
  get version(): number {
    return this.#before + (this.#trainer?.version ?? 0);
  }

  /**
   * Learns from a slate with vectors, by pairs of one liked and one skipped item; others pass it by.
   * @returns the policy that has learned it: itself, or a new one where the space is another
   */
  learn(example: Example): LlmPolicy {
    const { space, profile, items } = example;
    if (space === '' || profile.length === 0) return this;
    const context = headContext(
      profile,
      items.map(({ features }) => features.slice(0, profile.length)),
      items.map(({ features }) => features.slice(profile.length)),
    );
    const own =
      this.space === space ? this : new LlmPolicy(space, fresh(profile.length), this.version);
    own.#trainer!.learn([{ ...transitionAmongShown(example), ...context }]);
    return own;
  }

  /** In logit units, higher is better. `context` is in the policy's space. */
  scores(context: HeadContext): Float64Array {
    return this.#trainer!.scores(context);
  }

  save(): Uint8Array {
    const head = Float64Array.from(this.#trainer?.save() ?? []);
    return encodeParts({
      format: FORMAT,
      meta: { space: this.space, before: this.#before },
      arrays: { head },
    });
  }
}

const fresh = (width: number) =>
  new HeadTrainer({ algorithm: 'dpo', seed: 1, width, rank: RANK, columns: COLUMNS });
