// Item vectors by one language model: side by side for similarities, and in a basis for the head.
import { type Basis, meanDirection } from '../../models/llm/basis.ts';
import { VectorIndex } from '../../models/text/similarity.ts';

/** The vectors of a model in a basis: a few numbers each, which a head over hidden states reads. */
export class SpaceVectors {
  private readonly index: VectorIndex;
  private readonly basis: Basis;
  /** Coordinates by item, computed when they are asked for. */
  private readonly projected = new Map<string, Float32Array>();

  private readonly isDeleted: (itemId: string) => boolean;

  constructor(index: VectorIndex, basis: Basis, isDeleted: (itemId: string) => boolean) {
    this.index = index;
    this.basis = basis;
    this.isDeleted = isDeleted;
  }

  /** Id of the basis; only vectors with the same id can be compared. */
  get id(): string {
    return this.basis.id;
  }

  /** The item's coordinates, scaled to length 1; undefined if the item has no vector. */
  of(itemId: string): Float32Array | undefined {
    if (this.isDeleted(itemId)) return undefined;
    const known = this.projected.get(itemId);
    if (known) return known;
    const vector = this.index.vector(itemId);
    if (!vector) return undefined;
    const projected = this.basis.project(vector);
    this.projected.set(itemId, projected);
    return projected;
  }

  /** Direction of the liked items, of length 1; null if none of them has a vector. */
  profile(likedItemIds: readonly string[]): Float32Array | null {
    const liked = likedItemIds.flatMap((itemId) => this.of(itemId) ?? []);
    const direction = meanDirection(liked, this.basis.width);
    return direction.some((value) => value !== 0) ? direction : null;
  }

  /** Forgets the item's coordinates, since its vector has changed. */
  forget(itemId: string): void {
    this.projected.delete(itemId);
  }
}

export class ModelVectors {
  /** Name of the model. */
  readonly model: string;
  private index: VectorIndex | undefined;
  private space: SpaceVectors | undefined;
  private readonly isDeleted: (itemId: string) => boolean;

  /** @param isDeleted whether an item is deleted: its vector is as if it were not there. @default none is */
  constructor(model: string, isDeleted: (itemId: string) => boolean = () => false) {
    this.model = model;
    this.isDeleted = isDeleted;
  }

  get size(): number {
    return this.index?.size ?? 0;
  }

  has(itemId: string): boolean {
    return !this.isDeleted(itemId) && (this.index?.has(itemId) ?? false);
  }

  /**
   * Adds a vector in place of the item's earlier one. A vector of another width than those before
   * begins the index anew.
   */
  add(itemId: string, vector: ArrayLike<number>): void {
    if (this.index?.width !== vector.length) {
      this.index = new VectorIndex(vector.length);
      this.space = undefined;
    }
    this.index.add(itemId, vector);
    this.space?.forget(itemId);
  }

  /**
   * The vectors in a basis; undefined if there is no basis or it is for vectors of another width.
   */
  in(basis: Basis | undefined): SpaceVectors | undefined {
    if (!basis || basis.from !== this.index?.width) return undefined;
    if (this.space?.id !== basis.id)
      this.space = new SpaceVectors(this.index, basis, this.isDeleted);
    return this.space;
  }

  /** Direction of the liked items; null while there are too few vectors. */
  profile(likedItemIds: readonly string[]): Float32Array | null {
    return this.index?.profile(likedItemIds.filter((itemId) => !this.isDeleted(itemId))) ?? null;
  }

  /** Cosine with a profile, −1 to 1; null if there is no profile or the item has no vector. */
  similarity(profile: Float32Array | null, itemId: string): number | null {
    if (!profile || this.isDeleted(itemId)) return null;
    return this.index?.similarity(profile, itemId) ?? null;
  }

  /** The `n` items nearest to a profile, nearest first. */
  nearest(profile: Float32Array | null, n: number): string[] {
    const { index } = this;
    if (!profile || !index) return [];
    // More of them where some of the nearest are deleted.
    for (let most = n; ; most *= 2) {
      const nearest = index.nearest(profile, most);
      const found = nearest.flatMap(({ itemId }) => (this.isDeleted(itemId) ? [] : [itemId]));
      if (found.length >= n || nearest.length < most) return found.slice(0, n);
    }
  }
}
