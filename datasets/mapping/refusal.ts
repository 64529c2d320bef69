// Why a row of a source is refused. Each code has a page in docs/errors.

/** Why a row makes no event. */
export interface RowRefusal {
  /** Stable name, such as `field-missing`; its page in docs/errors says what to do. */
  readonly code: string;
  /** What is wrong, as the end of a sentence; a value is shortened. */
  readonly what: string;
  /** Where the row has it, as the mapping names it; empty for the row as a whole. */
  readonly field: string;
}

/** Ends the reading of a row. Never leaves the room: the mapper gives it back as a value. */
export class RefusedRow extends Error {
  readonly refusal: RowRefusal;

  constructor(refusal: RowRefusal) {
    super(refusal.what);
    this.refusal = refusal;
  }
}

/** A value as people are shown it: its beginning, in quotes. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
