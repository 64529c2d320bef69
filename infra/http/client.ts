// A client of the HTTP interface: fetch and nothing else. It asks again with the same key, so a retry gives
// the same impression and counts nothing twice.

import type { SlateAnswer } from '../../models/dialogue/answer.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { RuleInput } from '../../schemas/rule-input.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { BatchAnswer } from './api/batch.ts';
import type { Explained, FeedbackStatus } from './api/ports.ts';
import type { Health } from './api/routes/health.ts';
import type { FeedbackInput, ItemInput, RecommendInput } from './api/routes/inputs.ts';

export interface ClientOptions {
  /** Address of the server. @default 'http://127.0.0.1:8090' */
  readonly url?: string;
  /** A token of `millrace token add`. @default none */
  readonly token?: string;
  /** Time that a call may take, with all its tries, ms. @default 5000 */
  readonly deadlineMs?: number;
  /** Time that one try may take, ms. @default half of the deadline */
  readonly tryMs?: number;
  /** Number of tries after the first one. @default 5 */
  readonly retries?: number;
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch;
}

export interface CallOptions {
  /** Key of the call, sent with every try. @default a random UUID */
  readonly key?: string;
  /** Time that this call may take, with all its tries, ms. @default that of the client */
  readonly deadlineMs?: number;
  /** Ends the call early. */
  readonly signal?: AbortSignal;
}

export interface BatchOptions extends CallOptions {
  /** Whether rows that cannot be used are left out. @default false: they refuse the batch */
  readonly skipInvalid?: boolean;
}

/** A slate, as it was logged. */
export type Slate = Impression & {
  /** Whether it is durable; false in a fallback: then it takes no feedback. */
  readonly logged: boolean;
  /** Whether the key had been answered before. */
  readonly repeated: boolean;
  /** The words that go with the slate, where the request said something. */
  readonly answer?: SlateAnswer;
};

/** A rule as it is put: `id` stands beside it. */
export type RuleBody = Omit<RuleInput, 'id'>;

/** A rule that there is, as people write it. */
export interface KnownRule {
  readonly rule: RuleInput;
  /** When it was put, ms since 1970. */
  readonly at: number;
  /** `file`: of millrace.yaml; `people`: put by a command or over HTTP. */
  readonly owner: 'file' | 'people';
}

/** Statuses after which the same is asked again. */
const passing = new Set([408, 429, 502, 503, 504]);

/** First pause before a new try, ms; each further one is twice as long, and half of it is chance. */
const firstPauseMs = 50;

export class MillraceClient {
  private readonly options: ClientOptions;
  private readonly url: string;

  constructor(options: ClientOptions = {}) {
    this.options = options;
    this.url = (options.url ?? 'http://127.0.0.1:8090').replace(/\/+$/, '');
  }

  /** A slate for a user. @throws MillraceError with the code of the answer, or `server-unreachable` */
  recommend(request: RecommendInput, options?: CallOptions): Promise<Slate> {
    return this.call('POST', '/v1/recommend', request, options);
  }

  /** Feedback on items of slates. @throws MillraceError with the code of the answer, or `server-unreachable` */
  feedback(
    events: readonly FeedbackInput[],
    { skipInvalid = false, ...options }: BatchOptions = {},
  ): Promise<BatchAnswer<FeedbackStatus>> {
    return this.call('POST', '/v1/feedback', { events, skipInvalid }, options);
  }

  /** New, changed and deleted items. @throws MillraceError with the code of the answer, or `server-unreachable` */
  items(
    items: readonly ItemInput[],
    { skipInvalid = false, ...options }: BatchOptions = {},
  ): Promise<BatchAnswer<'written' | 'deleted'>> {
    return this.call('POST', '/v1/items', { items, skipInvalid }, options);
  }

  /** How a slate was decided, and its reasons. @throws MillraceError `impression-unknown` and others */
  explain(impressionId: string, options?: CallOptions): Promise<Explained> {
    return this.call('GET', `/v1/explain/${encodeURIComponent(impressionId)}`, undefined, options);
  }

  /** The rules of the shop, by id; the token needs the scope admin. @throws MillraceError with the code of the answer */
  async rules(options?: CallOptions): Promise<KnownRule[]> {
    const { rules } = await this.call<{ rules: KnownRule[] }>(
      'GET',
      '/v1/rules',
      undefined,
      options,
    );
    return rules;
  }

  /**
   * Puts a rule in place of the one of that id; the token needs the scope admin.
   * @returns the rule, with what it names and the catalogue does not know
   * @throws MillraceError `rule-invalid`, `rule-of-file` and others
   */
  putRule(
    id: string,
    rule: RuleBody,
    options?: CallOptions,
  ): Promise<KnownRule & { readonly warnings: readonly string[] }> {
    return this.call('PUT', `/v1/rules/${encodeURIComponent(id)}`, rule, options);
  }

  /**
   * Removes a rule; the token needs the scope admin. A retry after an answer that was lost finds no rule.
   * @throws MillraceError `rule-unknown`, `rule-of-file` and others
   */
  async removeRule(id: string, options?: CallOptions): Promise<void> {
    await this.call('DELETE', `/v1/rules/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Whether the server can serve. @throws MillraceError `server-unreachable` */
  health(options?: CallOptions): Promise<Health> {
    return this.call('GET', '/v1/health', undefined, options);
  }

  private async call<A>(
    method: string,
    path: string,
    body: unknown,
    {
      key = crypto.randomUUID(),
      deadlineMs = this.options.deadlineMs ?? 5_000,
      signal,
    }: CallOptions = {},
  ): Promise<A> {
    const { tryMs = Math.ceil(deadlineMs / 2), retries = 5, token } = this.options;
    const until = performance.now() + deadlineMs;
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      'idempotency-key': key,
    };
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
    for (let tries = 0; ; tries++) {
      const left = Math.ceil(Math.max(1, Math.min(tryMs, until - performance.now())));
      const tried = await this.once<A>(
        path,
        init,
        { ...headers, 'x-deadline-ms': String(left) },
        left,
        signal,
      );
      if ('answer' in tried) return tried.answer;
      const pause = Math.max(tried.afterMs, firstPauseMs * 2 ** tries * (0.5 + Math.random() / 2));
      const isLast = tries >= retries || performance.now() + pause >= until;
      if (!tried.passes || isLast || signal?.aborted) throw tried.error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  private async once<A>(
    path: string,
    init: RequestInit,
    headers: Record<string, string>,
    ms: number,
    signal: AbortSignal | undefined,
  ): Promise<Tried<A>> {
    const { fetch = globalThis.fetch } = this.options;
    const timeout = AbortSignal.timeout(ms + graceMs);
    try {
      const response = await fetch(`${this.url}${path}`, {
        ...init,
        headers,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await response.text();
      if (response.ok) return { answer: JSON.parse(text) as A };
      const afterMs = 1_000 * (Number(response.headers.get('retry-after')) || 0);
      return {
        error: errorOf(response.status, text),
        passes: passing.has(response.status),
        afterMs,
      };
    } catch (cause) {
      return { error: unreachable(this.url, cause), passes: true, afterMs: 0 };
    }
  }
}

/** Time beyond the server's own deadline in which its answer may still come, ms. */
const graceMs = 100;

type Tried<A> =
  | { readonly answer: A }
  | { readonly error: MillraceError; readonly passes: boolean; readonly afterMs: number };

/** The error that the server answered. */
function errorOf(status: number, text: string): MillraceError {
  try {
    const { error } = JSON.parse(text) as {
      error: { code: string; what: string; why?: string; todo?: string };
    };
    const { code, what, why, todo } = error;
    if (typeof code === 'string' && typeof what === 'string') {
      return new MillraceError({ code, what, ...(why && { why }), ...(todo && { todo }) });
    }
  } catch {
    // Not an answer of Millrace.
  }
  return new MillraceError({
    code: 'answer-foreign',
    what: `The server answered ${status}, and not as Millrace does.`,
    why: 'A proxy in between answered, or the address is that of another server.',
    todo: 'Check the address, and what stands between.',
  });
}

function unreachable(url: string, cause: unknown): MillraceError {
  const { message, cause: inner } = cause as Error & { readonly cause?: Partial<Error> };
  return new MillraceError({
    code: 'server-unreachable',
    what: `There was no answer from ${url}.`,
    why: inner?.message || message,
    todo: 'Start it with `millrace run`, or name its address; then ask again with the same key.',
    remedy: 'retry',
    cause,
  });
}
