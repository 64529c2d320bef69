// A policy scores candidates; exploration.ts turns the scores into a distribution and draws from it.
import type { Example } from '../schemas/topics/examples.ts';
import type { UserState } from '../schemas/topics/user-state.ts';

export interface Candidate {
  readonly itemId: string;
  readonly groups: readonly string[];
  /** Cosine of the item's vector with the user's profile, −1 to 1; null if a vector is missing. */
  readonly similarity: number | null;
  /** How well the item fits the user's intent, −1 to 1; absent without an intent. */
  readonly intent?: number | null;
}

/** All that a decision may look at. Policies must not write to it. */
export interface DecisionContext {
  /** Time of the decision, ms since the epoch. */
  readonly at: number;
  /** Number of items wanted in the slate. */
  readonly k: number;
  /** The user as remembered at `at`; an unknown user has a state of zeros. */
  readonly state: UserState;
  readonly candidates: readonly Candidate[];
  /**
   * Vectors of the user and the candidates; absent if the language model has made none, or none of
   * what the user liked.
   */
  readonly vectors?: ContextVectors | undefined;
}

/** An item of a slate, before anything came of it. */
export interface UnansweredItem extends Candidate {
  /** From 0, top first. @default 0 */
  readonly position?: number;
}

/**
 * All a prediction may look at: a slate, and the user as remembered when it was decided. Every example
 * is one as well; read as this type, its outcomes are out of reach.
 */
export interface PredictionContext {
  readonly userId: string;
  /** Time of the decision, ms since the epoch. */
  readonly at: number;
  readonly state: UserState;
  readonly items: readonly UnansweredItem[];
}

/** What a language model's hidden states say of the user and the candidates. */
export interface ContextVectors {
  /**
   * Id of the space in which the vectors are measured; only vectors of one space can be compared.
   */
  readonly space: string;
  /** Direction of what the user liked, of length 1. */
  readonly profile: readonly number[];
  /** The item's vector, zeros where it has none, then ln(1 + likes of the item); as in an example. */
  readonly featuresOf: (itemId: string) => readonly number[];
}

export interface Policy {
  readonly name: string;
  /** Number of examples that its parameters have seen. */
  readonly version: number;
  /** Whether it is a policy of the fast tier or of the language model's. @default 'fast' */
  readonly tier?: 'fast' | 'llm';
  /** Whether it can decide here; if not, another policy decides. @default always */
  canServe?(context: DecisionContext): boolean;
  /** Scores of the candidates, in logit units and finite; higher is better. */
  scores(context: DecisionContext): Float64Array;
  /**
   * Scores of which one set, each as likely, decides a whole slate; the same context gives the same.
   * `scores` is then for the first position alone. @default `scores` decide every slate
   */
  mixture?(context: DecisionContext): readonly Float64Array[];
}

/** A policy whose parameters are a function of the examples it was given, in order. */
export interface LearningPolicy extends Policy {
  /** Learns from an example. The same sequence of examples gives the same bytes from `save`. */
  learn(example: Example): void;
  /** Forgets what is kept under the id of a user. @default nothing is */
  forget?(userId: string): void;
  /**
   * P(click) of each item, inside (0, 1), before it is learned; absent for a policy that does not
   * predict clicks.
   */
  predict?(context: PredictionContext): Float64Array;
  /** The whole state; loading it continues exactly as if it had never been saved. */
  save(): Uint8Array;
}

/** Makes learning policies: new ones, or from their bytes. */
export interface PolicyKind<P extends LearningPolicy = LearningPolicy> {
  readonly name: string;
  create(): P;
  /** A policy from the bytes of `save`. @throws MillraceError `parameters-unreadable` */
  load(bytes: Uint8Array): P;
}
