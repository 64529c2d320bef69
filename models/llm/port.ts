// What Millrace asks of a language model. Another engine can stand behind it.

export interface LanguageModel extends AsyncDisposable {
  /** Name and quantisation; part of every cache key. */
  readonly name: string;
  /** Width of an embedding. */
  readonly width: number;
  /** Last token's hidden state after the final norm, `width` long. */
  embed(text: string): Promise<Float32Array>;
  /**
   * Natural log-likelihood of each continuation after the prefix, summed over its tokens.
   * The prefix is evaluated once.
   */
  score(prefix: string, continuations: readonly string[]): Promise<number[]>;
}
