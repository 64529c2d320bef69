// Item vectors by the language model. The first vector decides the width; another model's starts anew.
import { Basis, meanDirection } from '../../models/llm/basis.ts';
import { VectorIndex } from '../../models/text/similarity.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { defineTable } from '../engine/table.ts';

/** Vectors that the basis is fitted on, and its width. */
const BASIS = { vectors: 64, width: 32 };

export class Vectors {
  private index: VectorIndex | undefined;
  /** The first vectors, until there are enough for a basis. */
  private readonly first = new Map<string, ArrayLike<number>>();
  private basis: Basis | undefined;
  private readonly projected = new Map<string, Float32Array>();

  get size(): number {
    return this.index?.size ?? 0;
  }

  has(itemId: string): boolean {
    return this.index?.has(itemId) ?? false;
  }

  add(itemId: string, vector: ArrayLike<number>): void {
    if (this.index?.width !== vector.length) {
      this.index = new VectorIndex(vector.length);
      this.first.clear();
      this.basis = undefined;
      this.projected.clear();
    }
    this.index.add(itemId, vector);
    if (!this.basis) {
      this.first.set(itemId, vector);
      if (this.first.size < BASIS.vectors) return;
      this.basis = Basis.fit([...this.first.values()], BASIS.width);
      for (const [id, one] of this.first) this.projected.set(id, this.basis.project(one));
      this.first.clear();
    } else this.projected.set(itemId, this.basis.project(vector));
  }

  /**
   * The space of few dimensions that the head of the language model works in; undefined before the first
   * vectors have made its basis. The topic's order makes it, so every process has the same.
   */
  get space(): string | undefined {
    return this.basis?.id;
  }

  /** The item in the space. */
  inSpace(itemId: string): Float32Array | undefined {
    return this.projected.get(itemId);
  }

  /** Direction of what was liked in the space, length 1; null where none of it has a vector. */
  profileInSpace(likedItemIds: readonly string[]): Float32Array | null {
    const liked = likedItemIds.flatMap((itemId) => this.projected.get(itemId) ?? []);
    const direction = meanDirection(liked, this.basis?.width ?? 0);
    return direction.some((value) => value !== 0) ? direction : null;
  }

  /** Direction of what was liked; null while there are too few vectors. */
  profile(likedItemIds: readonly string[]): Float32Array | null {
    return this.index?.profile(likedItemIds) ?? null;
  }

  /** Cosine with a profile; null where there is no profile or no vector. */
  similarity(profile: Float32Array | null, itemId: string): number | null {
    return profile ? (this.index?.similarity(profile, itemId) ?? null) : null;
  }

  /** The n items nearest to a profile, nearest first. */
  nearest(profile: Float32Array | null, n: number): string[] {
    return profile ? (this.index?.nearest(profile, n) ?? []).map(({ itemId }) => itemId) : [];
  }
}

export const vectorsTable = defineTable(itemVectors, {
  name: 'vectors',
  create: () => new Vectors(),
  apply(table, _key, record) {
    if (record) table.add(record.itemId, record.vector);
  },
});
