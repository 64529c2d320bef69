// What the stage that serves replies to whoever asks about an event; a user who was forgotten gets no reply.
import type { Attribution } from '../../models/attribution.ts';
import type { SlateAnswer } from '../../models/dialogue/answer.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { OpenImpression } from '../../schemas/topics/open-impressions.ts';
import type { Request } from '../../schemas/topics/requests.ts';

/** What the stage replies to a request. */
export interface ServeReply {
  /** The slate; null where one was given for this id before, to another user or in a window now closed. */
  readonly impression: Impression | null;
  /** Whether a slate had been given for this id before. */
  readonly repeated: boolean;
  /** The words that go with the slate, where the request said something. @default none */
  readonly answer?: SlateAnswer | undefined;
}

/** What the stage replies to feedback: `joined`, or why it joined no slate. */
export type FeedbackReply = 'joined' | Extract<Attribution, { kind: 'refused' }>['code'];

/** The reply to a request that came before. @param known what is kept of its slate */
export function repeatedReply({ userId }: Request, { open }: OpenImpression): ServeReply {
  const shown = open?.impression;
  return { impression: shown?.userId === userId ? shown : null, repeated: true };
}

export function feedbackReply(attribution: Attribution): FeedbackReply {
  return attribution.kind === 'joined' ? 'joined' : attribution.code;
}
