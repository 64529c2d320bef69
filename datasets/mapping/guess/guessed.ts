// What was guessed of a source, with how sure it is and why.
import type { RowKind } from '../shape.ts';

/** Why a guess was made. */
export interface Reason {
  /** How sure it is, 0 to 1: below 0.5 nobody should take it unasked. */
  readonly confidence: number;
  /** In words, for a comment beside it. */
  readonly because: string;
}

export interface GuessedRule {
  readonly is: RowKind;
  readonly why: Reason;
  readonly where?: Readonly<Record<string, string | readonly string[]>>;
  /** Fields by their names in a mapping, as `sources` writes them. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly reasons: Readonly<Record<string, Reason>>;
}

export interface GuessedSource {
  /** Name of the sample. */
  readonly name: string;
  /** Name of the log whose shape it has; undefined for one of nobody else's. */
  readonly known?: string;
  readonly rows: readonly GuessedRule[];
  /** `,` where numbers are written with a comma. */
  readonly decimal?: ',';
  /** What a reader of the mapping should know. */
  readonly notes: readonly string[];
  /** What could not be told; then the source must not be used unasked. */
  readonly unclear: readonly Unclear[];
}

/** What could not be told of a source. */
export interface Unclear {
  /** What an answer would be about; `rows` for what no answer mends. */
  readonly about: keyof Hints | 'rows';
  /** In words, for people. */
  readonly says: string;
  /** Answers that there are; empty for a number or a text. */
  readonly options: readonly string[];
}

/** What somebody said of a source, in place of guesses. */
export interface Hints {
  /** Path of the user's id, of the item's, of the time. */
  readonly user?: string;
  readonly item?: string;
  readonly time?: string;
  /** Format of the times. */
  readonly format?: string;
  /** What every row is. */
  readonly kind?: string;
  /** Least rating that is good. */
  readonly positiveFrom?: string;
}

/** Confidence from which on a guess may be taken unasked. */
export const SURE = 0.5;
