// The bases of item vectors, one for each language model, each fitted once on the first vectors that its
// model made. One writer fits them in the order of the topic and publishes them, so every process works in
// the same space, whatever it saw first.
import { decodeParts, encodeParts, type Numbers } from '../codec.ts';
import { Basis } from './basis.ts';

const FORMAT = 'millrace/llm-basis/1';

/** Number of vectors that a basis is fitted on. */
export const FITTED = 64;
/** Number of directions of a basis. */
const WIDTH = 32;
/**
 * Largest number of models remembered; beyond it the model whose vectors came longest ago is
 * forgotten.
 */
const MODELS = 8;

interface Known {
  /** Width of the model's vectors. */
  readonly from: number;
  readonly basis?: Basis;
  /** First vectors by item, in the order they came; empty once there is a basis. */
  readonly first: Map<string, Float32Array>;
}

/** A vector as it is in the topic. */
export interface MadeVector {
  readonly model: string;
  readonly itemId: string;
  readonly vector: ArrayLike<number>;
}

/** A model in its saved form. */
interface Saved {
  readonly model: string;
  readonly from: number;
  readonly fitted: boolean;
  readonly first: readonly string[];
}

export class Bases {
  readonly name = 'llm-basis';
  /** Number of bases fitted so far. */
  #version = 0;
  /** Models by name; the one whose vector came last is last. */
  readonly #known = new Map<string, Known>();

  /** No bases, or those that `save` wrote. @throws MillraceError `parameters-unreadable` */
  static load(bytes?: Uint8Array): Bases {
    const bases = new Bases();
    if (!bytes) return bases;
    const parts = decodeParts(bytes, FORMAT);
    const { version, models } = parts.meta as { version: number; models: readonly Saved[] };
    bases.#version = version;
    for (const [i, { model, from, fitted, first }] of models.entries()) {
      const rows = parts.f32(`first ${i}`);
      const vectors = first.map((itemId, row): [string, Float32Array] => [
        itemId,
        rows.slice(row * from, (row + 1) * from),
      ]);
      const basis = fitted && {
        mean: parts.f32(`mean ${i}`),
        inverse: parts.f32(`inverse ${i}`),
        directions: parts.f32(`directions ${i}`),
      };
      bases.#known.set(model, {
        from,
        first: new Map(vectors),
        ...(basis && { basis: new Basis(basis) }),
      });
    }
    return bases;
  }

  get version(): number {
    return this.#version;
  }

  /** The basis of a model's vectors; undefined until there are enough vectors. */
  of(model: string): Basis | undefined {
    return this.#known.get(model)?.basis;
  }

  /**
   * Takes the next vector of the topic. Vectors of another width begin the model's basis anew.
   * @returns whether it completed a basis
   */
  take({ model, itemId, vector }: MadeVector): boolean {
    let known = this.#known.get(model);
    if (known?.from !== vector.length) known = { from: vector.length, first: new Map() };
    this.#known.delete(model);
    this.#known.set(model, known);
    if (this.#known.size > MODELS) this.#known.delete(this.#known.keys().next().value!);
    if (known.basis) return false;
    known.first.set(itemId, Float32Array.from(vector));
    if (known.first.size < FITTED) return false;
    const basis = Basis.fit([...known.first.values()], WIDTH);
    this.#known.set(model, { from: known.from, first: new Map(), basis });
    this.#version++;
    return true;
  }

  save(): Uint8Array {
    const arrays: Record<string, Numbers> = {};
    const models = [...this.#known].map(([model, { from, basis, first }], i): Saved => {
      const rows = new Float32Array(first.size * from);
      for (const [row, vector] of [...first.values()].entries()) rows.set(vector, row * from);
      arrays[`first ${i}`] = rows;
      for (const [name, array] of Object.entries(basis?.arrays ?? {}))
        arrays[`${name} ${i}`] = array;
      return { model, from, fitted: basis !== undefined, first: [...first.keys()] };
    });
    return encodeParts({ format: FORMAT, meta: { version: this.#version, models }, arrays });
  }
}
