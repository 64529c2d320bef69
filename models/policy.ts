// A policy scores candidates; exploration.ts turns the scores into a distribution and draws from it.
import type { Example } from '../schemas/topics/examples.ts';
import type { UserState } from '../schemas/topics/user-state.ts';

export interface Candidate {
  readonly itemId: string;
  readonly groups: readonly string[];
  /** Cosine of the item's vector with the user's profile; null where a vector is missing. */
  readonly similarity: number | null;
  /** How well it fits what the reasoner takes the user to want, −1 to 1; absent where nothing is known. */
  readonly intent?: number | null;
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
  /** Absent where the language model has made none, or none of what the user liked. */
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
  /** What the vectors are measured in: those of one space can be compared. */
  readonly space: string;
  /** Direction of what the user liked, of length 1. */
  readonly profile: readonly number[];
  /** The item's vector, zeros where it has none, then ln(1 + likes of the item); as in an example. */
  readonly featuresOf: (itemId: string) => readonly number[];
}

export interface Policy {
  readonly name: string;
  /** Examples its parameters have seen. */
  readonly version: number;
  /** @default 'fast' */
  readonly tier?: 'fast' | 'llm';
  /** Whether it can decide here; another policy does where it cannot. @default always */
  canServe?(context: DecisionContext): boolean;
  /** One score a candidate, in logit units, finite; higher is better. */
  scores(context: DecisionContext): Float64Array;
}

/** A policy whose parameters are a function of the examples it was given, in order. */
export interface LearningPolicy extends Policy {
  /** Learns from an outcome; the same sequence of examples gives the same bytes from `save`. */
  learn(example: Example): void;
  /** P(click) of each item, inside (0, 1), before it learns; absent where it does not predict clicks. */
  predict?(context: PredictionContext): Float64Array;
  /** The whole state; loading it continues exactly as if it had never been saved. */
  save(): Uint8Array;
}

/** How a learning policy comes to be: new, or from its bytes. */
export interface PolicyKind<P extends LearningPolicy = LearningPolicy> {
  readonly name: string;
  create(): P;
  /** @throws MillraceError `parameters-unreadable` */
  load(bytes: Uint8Array): P;
}
