// What the HTTP interface asks of the streams. It checks tokens, shapes and limits, and hands over events
// that have passed the border; whoever implements these ports makes them durable and answers.

import type { SlateAnswer } from '../../../models/dialogue/answer.ts';
import type { Click } from '../../../schemas/topics/clicks.ts';
import type { Item } from '../../../schemas/topics/items.ts';
import type { Request } from '../../../schemas/topics/requests.ts';
import type { AnsweredSlate } from '../../../streams/serve/fallback.ts';

/** What bounds a call. */
export interface Call {
  /** Moment from which on nobody waits for the answer, ms on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Aborts at the deadline, or once whoever asks has gone. */
  readonly signal: AbortSignal;
  /** Whether another member has handed the call on; it is not handed on again. @default false */
  readonly forwarded?: boolean;
  /** The header of that name, for the member to which the call is handed on. @default none */
  readonly authorization?: string | undefined;
  /** The value of x-request-id. @default a new one for the member to which the call is handed on */
  readonly requestId?: string | undefined;
  /** Context of the call in a trace, as the header `traceparent` has it. @default none */
  readonly traceParent?: string | undefined;
}

/** The answer to a request. */
export interface Recommended {
  readonly impression: AnsweredSlate;
  /**
   * Whether the impression is durable. It is not in a fallback: feedback on that one finds no slate. Nor if
   * it was decided and its transaction was under way at the deadline: then it may become so.
   */
  readonly logged: boolean;
  /** Whether a request with this id had been answered before; then this is that answer. */
  readonly repeated: boolean;
  /** The words that go with the slate, where the request said something. @default none */
  readonly answer?: SlateAnswer | undefined;
}

/**
 * What became of an event of feedback. `written`: it is in the log, and attributed afterwards;
 * `joined`: it is attributed to its impression; the others are refused, and are in `dead-letters`.
 */
export type FeedbackStatus = 'written' | 'joined' | 'duplicate' | 'late' | 'orphan';

/** A change of the catalogue; `item` is null for a deletion. */
export interface ItemChange {
  readonly itemId: string;
  readonly item: Item | null;
}

/** A slate as it was decided, and the reasons that were given for its items. */
export interface Explained {
  readonly impressionId: string;
  readonly userId: string;
  /** Time of the decision, ms. */
  readonly at: number;
  readonly policy: string;
  /** Examples that the policy's parameters had seen. */
  readonly version: number;
  readonly variant: string;
  readonly tier: string;
  readonly candidateCount: number;
  /** What had not arrived at the decision. */
  readonly missing: readonly string[];
  readonly items: readonly ExplainedItem[];
}

export interface ExplainedItem {
  readonly itemId: string;
  readonly title: string;
  readonly position: number;
  readonly score: number;
  readonly propensity: number;
  /** Cosine of the item to what the user had liked; null without vectors. */
  readonly similarity: number | null;
  /** Cosine of the item to the user's intent; null without one. */
  readonly intent: number | null;
  /** Rules of the shop that acted at its position. A pinned item was chosen by nobody, and has no reason. */
  readonly rules: readonly { readonly ruleId: string; readonly kind: string }[];
  /** The reason that was given; null if none was. */
  readonly reason: Reason | null;
}

export interface Reason {
  readonly text: string;
  readonly citedItems: readonly { readonly itemId: string; readonly title: string }[];
  readonly citedGroups: readonly string[];
  readonly citedAttributes: readonly string[];
  readonly model: string;
}

export interface Ports {
  /**
   * Decides a slate. The request's id is its key: asked again, it gives the same impression.
   * @throws MillraceError `deadline-passed`, and those of the streams
   */
  recommend(request: Request, call: Call): Promise<Recommended>;
  /**
   * Takes feedback, which resolves once it is durable. An event's id is its key.
   * @returns what became of each event, in order
   * @throws MillraceError `deadline-passed`, and those of the streams
   */
  feedback(clicks: readonly Click[], call: Call): Promise<readonly FeedbackStatus[]>;
  /**
   * Changes the catalogue in order; the last change of an item holds.
   * @throws MillraceError `deadline-passed`, and those of the streams
   */
  items(changes: readonly ItemChange[], call: Call): Promise<void>;
  /** Reads a slate and its reasons; absent where no ClickHouse is open. @throws MillraceError `impression-unknown` */
  explain?(impressionId: string): Promise<Explained>;
}
