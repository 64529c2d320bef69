// A policy scores candidates; exploration.ts turns the scores into a distribution and draws from it.
import type { UserState } from '../schemas/topics/user-state.ts';

export interface Candidate {
  readonly itemId: string;
  readonly groups: readonly string[];
  /** Cosine of the item's vector with the user's profile; null where a vector is missing. */
  readonly similarity: number | null;
}

/** All a decision may look at. Policies never write to it. */
export interface DecisionContext {
  /** Time of the decision, ms since the epoch. */
  readonly at: number;
  /** Items wanted in the slate. */
  readonly k: number;
  /** The user as remembered at `at`; an unknown user has a state of zeros. */
  readonly state: UserState;
  readonly candidates: readonly Candidate[];
}

export interface Policy {
  readonly name: string;
  /** Examples its parameters have seen. */
  readonly version: number;
  /** One score a candidate, in logit units, finite; higher is better. */
  scores(context: DecisionContext): Float64Array;
}
