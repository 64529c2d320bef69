// Item vectors by the language model. The first vector decides the width; another model's starts anew.
import { VectorIndex } from '../../models/text/similarity.ts';

export class Vectors {
  private index: VectorIndex | undefined;

  get size(): number {
    return this.index?.size ?? 0;
  }

  has(itemId: string): boolean {
    return this.index?.has(itemId) ?? false;
  }

  add(itemId: string, vector: ArrayLike<number>): void {
    if (this.index?.width !== vector.length) this.index = new VectorIndex(vector.length);
    this.index.add(itemId, vector);
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
