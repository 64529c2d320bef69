// What Millrace asks of a language model. Another engine can stand behind it.

export interface LanguageModel extends AsyncDisposable {
  /** Name and quantisation of the model; part of every cache key. */
  readonly name: string;
  /** Width of an embedding. */
  readonly width: number;
  /** The last token's hidden state after the final norm, `width` long. */
  embed(text: string): Promise<Float32Array>;
  /**
   * Natural log-likelihood of each continuation after the prefix, summed over its tokens.
   * The prefix is evaluated once.
   */
  score(prefix: string, continuations: readonly string[]): Promise<number[]>;
  /** Writes on after a prompt. The same prompt, options and seed give the same text. */
  generate(prompt: Prompt, options: GenerateOptions): Promise<Generation>;
}

/** A language model whose output an adapter can move while it is in service. */
export interface AdaptableModel extends LanguageModel {
  /** Version of the adapter in service; 0 if there is none. */
  readonly adapter: number;
  /**
   * Changes the adapter between calls: a call asked for before is answered with the adapter before.
   * Vectors and hidden states stay the same, since an adapter moves the output alone.
   * @throws MillraceError of an adapter that does not fit; the one before stays
   */
  setAdapter(adapter: Adapter | undefined): Promise<void>;
  /** The result of `score`, with the version of the adapter that gave it. */
  scored(prefix: string, continuations: readonly string[]): Promise<Scored>;
  /** Hidden state of every token of a text after the final norm; each takes an evaluation. */
  hidden(text: string): Promise<Float32Array[]>;
}

export function isAdaptable(model: LanguageModel): model is AdaptableModel {
  return 'setAdapter' in model;
}

export interface Adapter {
  /** Version of the adapter, from 1; each version is a file of its own. */
  readonly version: number;
  readonly path: string;
  /** Factor of the adapter's update. @default 1 */
  readonly scale?: number;
}

export interface Scored {
  readonly scores: readonly number[];
  readonly adapter: number;
}

/**
 * A text to be continued, or a turn of a dialogue in the model's own template. All of it is data.
 */
export type Prompt = string | Turn;

export interface Turn {
  readonly system?: string;
  readonly user: string;
  /** Beginning of the answer; it is not repeated in the generation. */
  readonly begin?: string;
}

export interface GenerateOptions {
  /** Largest number of tokens generated. */
  readonly maxTokens: number;
  /** Temperature of the draw; 0 takes the likeliest token. @default 0 */
  readonly temperature?: number;
  /** Number of likeliest tokens among which is drawn. @default all */
  readonly topK?: number;
  /** Probability of the likeliest tokens among which is drawn, together (nucleus). @default 1 */
  readonly topP?: number;
  /** Seed of the draw. @default 0 */
  readonly seed?: number;
  /** JSON schema that the text follows, without white space between its parts. @default any text */
  readonly schema?: object;
  /** Strings before the first of which the text ends. @default none */
  readonly stop?: readonly string[];
  /**
   * Whether each token's log-probability is given; it costs a pass over the vocabulary for each
   * token.
   * @default false
   */
  readonly logProbs?: boolean;
  /** Whether the hidden state is given that each token was drawn after. @default false */
  readonly states?: boolean;
}

export interface Generation {
  readonly text: string;
  readonly promptTokens: number;
  /** The generated tokens, for learning from them. */
  readonly tokens: readonly number[];
  /**
   * Natural log of each token's probability as it was drawn, truncated and under the grammar; empty
   * unless asked for.
   */
  readonly logProbs: readonly number[];
  /** Whether the model ended by itself or at a stop; false if `maxTokens` cut it off. */
  readonly ended: boolean;
  /** Version of the adapter that the text was made with; 0 or absent if there was none. */
  readonly adapter?: number;
  /** Hidden state for each token, `width` long; absent unless asked for. */
  readonly states?: readonly Float32Array[];
}
