// Errors say what, why and what to do; callers compare `code`, never the class.

/** What a runtime does with the record or part that failed. */
export type Remedy = 'skip' | 'retry' | 'halt';

export interface ErrorParts {
  /** Stable identifier, kebab-case; each has a page in docs/errors. */
  code: string;
  /** What happened. */
  what: string;
  /** Why, as far as it is known. */
  why?: string;
  /** What the reader can do about it. */
  todo?: string;
  /** @default 'halt' */
  remedy?: Remedy;
  cause?: unknown;
}

export class MillraceError extends Error {
  readonly code: string;
  readonly remedy: Remedy;
  readonly why: string | undefined;
  readonly todo: string | undefined;

  constructor(parts: ErrorParts) {
    super([parts.what, parts.why, parts.todo].filter(Boolean).join('\n  '), { cause: parts.cause });
    this.name = 'MillraceError';
    this.code = parts.code;
    this.remedy = parts.remedy ?? 'halt';
    this.why = parts.why;
    this.todo = parts.todo;
  }
}

/** The stable code of an error, or `unexpected` for one that is not ours. */
export function codeOf(error: unknown): string {
  return error instanceof MillraceError ? error.code : 'unexpected';
}
