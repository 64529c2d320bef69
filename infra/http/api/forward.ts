// Hands a call on to the member that has the user's partition, over that member's own HTTP interface: with
// the token, the request id and what is left of the deadline of the first call, and one hop at most.
import type { Click } from '../../../schemas/topics/clicks.ts';
import type { Impression } from '../../../schemas/topics/impressions.ts';
import type { Request } from '../../../schemas/topics/requests.ts';
import { traceHeader } from '../../../streams/engine/tracing.ts';
import { AnsweredError, type ErrorBody } from './answer-error.ts';
import type { Call, FeedbackStatus, Recommended } from './ports.ts';

/** Header of a call that was handed on. */
export const forwardedHeader = 'x-millrace-forwarded';

/** What became of a call that was handed on. */
export type ForwardOutcome = 'answered' | 'refused' | 'unreachable';

export interface ForwardingOptions {
  /** Gives the address of the member that has the partition of a key, see `PartitionOwners`. */
  readonly addressOf: (key: string) => Promise<string | undefined>;
  /** Called when an address was wrong. */
  readonly wasWrong: () => void;
  /** Gives the address of this process, without a slash at the end. */
  readonly own: () => string;
  readonly onForwarded: (outcome: ForwardOutcome) => void;
}

/** Statuses by which a member says that another, or the same a moment later, can answer. */
const passing = new Set([408, 429, 502, 503, 504]);

export class Forwarding {
  private readonly options: ForwardingOptions;

  constructor(options: ForwardingOptions) {
    this.options = options;
  }

  /**
   * The address of another member that has the key's partition; empty if it has none, undefined if it is
   * not known which one has it.
   */
  async addressOf(key: string): Promise<string | undefined> {
    const address = await this.options.addressOf(key).catch(() => undefined);
    // A process with several threads has one address, and each thread is a member of its own.
    if (address !== undefined && address !== this.options.own()) return address;
    this.options.wasWrong();
    return undefined;
  }

  /** @returns undefined if the member does not answer, or another has the partition by now */
  async recommend(
    address: string,
    { requestId, candidates, said, context, ...request }: Request,
    call: Call,
    ms: number,
  ): Promise<Recommended | undefined> {
    const body = { ...request, candidates, said, context };
    const answer = await this.post(`${address}/v1/recommend`, body, call, ms, requestId);
    if (!answer) return undefined;
    const {
      logged,
      repeated,
      answer: words,
      ...impression
    } = answer as Impression & Pick<Recommended, 'logged' | 'repeated' | 'answer'>;
    return { impression, logged, repeated, ...(words && { answer: words }) };
  }

  /** @returns undefined if the member does not answer, or another has the partition by now */
  async feedback(
    address: string,
    events: readonly Click[],
    call: Call,
    ms: number,
  ): Promise<readonly FeedbackStatus[] | undefined> {
    const rows = events.map(
      ({ clickId: id, impressionId, userId, itemId, at, kind, positive, value }) => ({
        ...{ id, impressionId, userId, itemId, at, kind, positive, value },
      }),
    );
    const answer = await this.post(`${address}/v1/feedback`, { events: rows }, call, ms);
    if (!answer) return undefined;
    return (answer as { rows: { status: FeedbackStatus }[] }).rows.map(({ status }) => status);
  }

  private async post(
    url: string,
    body: object,
    { authorization, requestId, traceParent }: Call,
    ms: number,
    key?: string,
  ): Promise<unknown> {
    const { onForwarded, wasWrong } = this.options;
    try {
      const answer = await fetch(url, {
        method: 'POST',
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(Math.max(1, Math.ceil(ms))),
        headers: {
          'content-type': 'application/json',
          'x-deadline-ms': String(Math.max(1, Math.ceil(ms))),
          [forwardedHeader]: '1',
          ...(authorization !== undefined && { authorization }),
          ...(requestId !== undefined && { 'x-request-id': requestId }),
          ...(traceParent !== undefined && { [traceHeader]: traceParent }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
      });
      if (answer.ok) {
        onForwarded('answered');
        return await answer.json();
      }
      const text = await answer.text();
      onForwarded('refused');
      if (!passing.has(answer.status)) throw refusedBy(answer.status, text);
      wasWrong();
      return undefined;
    } catch (error) {
      if (error instanceof AnsweredError) throw error;
      onForwarded('unreachable');
      wasWrong();
      return undefined;
    }
  }
}

/** The refusal of another member, as its own caller would have been told of it. */
function refusedBy(status: number, text: string): AnsweredError {
  const { error } = JSON.parse(text) as ErrorBody;
  const { code, what, why, todo } = error;
  return new AnsweredError(
    { code, what, ...(why !== null && { why }), ...(todo !== null && { todo }) },
    { status },
  );
}
