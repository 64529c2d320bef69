// Errors as HTTP answers: a status, and what, why and what to do. Nothing of an error that is not ours goes
// out.
import { MillraceError } from '../../../schemas/errors.ts';

/** The body of every answer that is an error. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly what: string;
    readonly why: string | null;
    readonly todo: string | null;
  };
  /** Value of x-request-id of the answer. */
  readonly requestId: string;
  /** Rows of a batch that cannot be used; absent otherwise. */
  readonly rows?: readonly unknown[];
}

/** Statuses by code; another error that passes by itself is 503, and any further one 500. */
const statuses: Readonly<Record<string, number>> = {
  'body-unusable': 400,
  'request-invalid': 422,
  'event-invalid': 422,
  'event-ahead': 422,
  'batch-invalid': 422,
  'record-too-large': 413,
  'key-reused': 409,
  'rule-invalid': 422,
  'rule-of-file': 409,
  'rules-too-many': 409,
  'rule-unknown': 404,
  'deadline-passed': 408,
  'token-refused': 401,
  'scope-missing': 403,
  'route-unknown': 404,
  'impression-unknown': 404,
  'too-many-requests': 429,
};

/** An error that knows its status, or its rows. */
export class AnsweredError extends MillraceError {
  readonly status: number | undefined;
  readonly rows: readonly unknown[] | undefined;

  constructor(
    parts: ConstructorParameters<typeof MillraceError>[0],
    { status, rows }: { readonly status?: number; readonly rows?: readonly unknown[] } = {},
  ) {
    super(parts);
    this.status = status;
    this.rows = rows;
  }
}

export function statusOf(error: MillraceError): number {
  if (error instanceof AnsweredError && error.status !== undefined) return error.status;
  return statuses[error.code] ?? (error.remedy === 'retry' ? 503 : 500);
}

export function bodyOf(error: MillraceError, requestId: string): ErrorBody {
  const { code, why, todo } = error;
  const what = error.message.split('\n')[0]!;
  const rows = error instanceof AnsweredError ? error.rows : undefined;
  return {
    error: { code, what, why: why ?? null, todo: todo ?? null },
    requestId,
    ...(rows && { rows }),
  };
}

/** An error of fastify itself, such as a body that is no JSON. */
interface FastifyProblem {
  readonly statusCode?: number;
  readonly message: string;
}

/** Any error as one of ours; its text is kept only where nothing of the inside is in it. */
export function asAnswer(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  const { statusCode: status = 500, message } = error as FastifyProblem;
  if (status >= 400 && status < 500) {
    return new AnsweredError(
      {
        code: 'body-unusable',
        what: 'The body or the address of the request cannot be used.',
        why: message,
        todo: 'Send JSON in UTF-8 with `content-type: application/json`, within the limits of docs/http.md.',
      },
      { status },
    );
  }
  return new MillraceError({
    code: 'unexpected',
    what: 'Something failed here.',
    why: 'The log of the server has the cause, by the request id.',
    todo: 'Ask again with the same Idempotency-Key; if it stays, look into the log.',
  });
}
