// A model of what a user does next, given what the user did before.
//
// The protocol numbers the items from 0 and keeps the histories, so that every model of a table is asked
// the same question.

export interface HistoryModel {
  readonly name: string;
  /**
   * Learns that a user did `item` next.
   * @param earlier the user's items before it, oldest first; none for a first item
   */
  learn(item: number, earlier: ArrayLike<number>): void;
  /**
   * Scores of the items 0 to `size` − 1 as a user's next; higher is likelier. The array is the
   * model's own, valid until its next call.
   * @param history the user's items, oldest first
   */
  scores(history: ArrayLike<number>, size: number): Float64Array;
}
