// A turn of a dialogue, as the ranker sees it.

export interface ContextSoFar {
  /** What was said so far, oldest first, by both sides. */
  readonly texts: readonly string[];
  /** Items and other entities named so far, oldest first; repeats stay. */
  readonly entities: readonly string[];
}

/** A turn in which something was recommended. */
export interface DialogueTurn extends ContextSoFar {
  readonly dialogueId: string;
  /** What was recommended in it. */
  readonly targets: readonly string[];
  /** What else was named in its answer. @default nothing */
  readonly named?: readonly string[];
}
