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
  /** Writes on; the same prompt, options and seed give the same text. */
  generate(prompt: Prompt, options: GenerateOptions): Promise<Generation>;
}

/** A language model whose output can be moved by an adapter while it is in service. */
export interface AdaptableModel extends LanguageModel {
  /** Version of the adapter in service; 0 without one. */
  readonly adapter: number;
  /**
   * Takes effect between calls: those asked for before are answered with the one before. Vectors and
   * hidden states are the same with every adapter, since it moves the output alone.
   * @throws MillraceError of an adapter that does not fit; the one before stays
   */
  setAdapter(adapter: Adapter | undefined): Promise<void>;
  /** `score`, and the version of the adapter it was made with. */
  scored(prefix: string, continuations: readonly string[]): Promise<Scored>;
  /** Hidden state of every token of the text after the final norm; one evaluation a token. */
  hidden(text: string): Promise<Float32Array[]>;
}

export function isAdaptable(model: LanguageModel): model is AdaptableModel {
  return 'setAdapter' in model;
}

export interface Adapter {
  /** From 1; each version is a file of its own. */
  readonly version: number;
  readonly path: string;
  /** @default 1 */
  readonly scale?: number;
}

export interface Scored {
  readonly scores: readonly number[];
  readonly adapter: number;
}

/** Text to be continued, or a turn of a dialogue in the model's own template. All of it is data. */
export type Prompt = string | Turn;

export interface Turn {
  readonly system?: string;
  readonly user: string;
  /** How the answer begins; not repeated in the generation. */
  readonly begin?: string;
}

export interface GenerateOptions {
  /** At most so many tokens are generated. */
  readonly maxTokens: number;
  /** 0 takes the likeliest token. @default 0 */
  readonly temperature?: number;
  /** Only the K likeliest tokens. @default all */
  readonly topK?: number;
  /** Only the likeliest tokens that have this much probability together (nucleus). @default 1 */
  readonly topP?: number;
  /** @default 0 */
  readonly seed?: number;
  /** A JSON schema the text must follow, without white space between its parts. @default any text */
  readonly schema?: object;
  /** The text ends before the first of these. @default none */
  readonly stop?: readonly string[];
  /** Give each token's log-probability; it costs a pass over the vocabulary a token. @default false */
  readonly logProbs?: boolean;
  /** Give the hidden state that each token was drawn after. @default false */
  readonly states?: boolean;
}

export interface Generation {
  readonly text: string;
  readonly promptTokens: number;
  /** The generated tokens, for learning from them. */
  readonly tokens: readonly number[];
  /** Natural log of each token's probability, as the draw had it: truncated, under the grammar. Empty unless asked for. */
  readonly logProbs: readonly number[];
  /** The model ended by itself, or at a stop; false where the bound cut it off. */
  readonly ended: boolean;
  /** Version of the adapter it was made with; 0 or absent without one. */
  readonly adapter?: number;
  /** One a token, `width` long, where asked for. */
  readonly states?: readonly Float32Array[];
}
