// One llama.cpp context and what its sequences remember of the prompts before.
//
// A prompt is always split into the same batches, whatever was evaluated before it: logits depend on the
// split, so equal prompts give equal bits. What a new prompt shares with one remembered, a user's history
// or the words of a template, is not evaluated again, as far as whole batches of it go.
import type { Native } from './native.ts';

/**
 * Number of tokens in a batch of a prompt. Smaller batches are shared more often and evaluated
 * slower: on one thread 256 tokens take 18 % longer in batches of 32 than at once, and no longer in
 * batches of 64.
 */
const BATCH = 64;

export interface Evaluated {
  readonly sequence: number;
  /** Index of the logits of the prompt's last token; it holds until the next batch. */
  readonly index: number;
}

export class Sequences {
  readonly native: Native;
  readonly #contextTokens: number;
  /**
   * Whether the context gives logits of every token, as one with embeddings does; it warns on
   * stderr of tokens that are not marked.
   */
  readonly #everyToken: boolean;
  /** For each sequence the tokens of its last prompt, least recently used first. */
  #remembered: { readonly sequence: number; readonly tokens: readonly number[] }[];

  constructor(native: Native, count: number, contextTokens: number, everyToken: boolean) {
    this.native = native;
    this.#contextTokens = contextTokens;
    this.#everyToken = everyToken;
    this.#remembered = Array.from({ length: count }, (_, sequence) => ({ sequence, tokens: [] }));
  }

  /**
   * Evaluates a prompt, beginning where what is remembered of it ends; its sequence then holds
   * nothing else.
   */
  async prompt(tokens: readonly number[]): Promise<Evaluated> {
    const { sequence, shared } = this.#nearest(tokens);
    // While it changes, nothing is remembered of it: an evaluation may fail half-way.
    this.#remember(sequence, []);
    this.forget(sequence, shared);
    let index = 0;
    for (let at = shared; at < tokens.length; at += BATCH) {
      const indices = await this.extend(sequence, at, tokens.slice(at, at + BATCH), 'last');
      index = indices.at(-1) as number;
    }
    this.#remember(sequence, tokens);
    return { sequence, index };
  }

  /** The sequence not used for longest, after it was emptied. */
  fresh(): number {
    const { sequence } = this.#remembered[0]!;
    this.#remember(sequence, []);
    this.forget(sequence, 0);
    return sequence;
  }

  /**
   * Evaluates tokens that follow.
   * @param logits tokens whose logits are wanted: every one, or the last
   * @returns a logit index for each token wanted; it holds until the next batch
   */
  async extend(
    sequence: number,
    position: number,
    tokens: readonly number[],
    logits: 'last' | 'every',
  ): Promise<Uint32Array> {
    const { context } = this.native;
    context.initBatch(tokens.length);
    const every = logits === 'every' || this.#everyToken;
    const wanted = every ? tokens.keys() : [tokens.length - 1];
    const batch = Uint32Array.from(tokens);
    const indices = context.addToBatch(sequence, position, batch, Uint32Array.from(wanted));
    await context.decodeBatch();
    return indices;
  }

  /** Drops what a sequence remembers from a position on. */
  forget(sequence: number, from: number): void {
    this.native.context.removeTokenCellsFromSequence(sequence, from, this.#contextTokens);
  }

  /**
   * The sequence that shares most whole batches with the tokens, of equals the one not used for
   * longest. The last batch of the prompt is never shared, since its logits are wanted.
   */
  #nearest(tokens: readonly number[]): { sequence: number; shared: number } {
    const most = Math.floor((tokens.length - 1) / BATCH) * BATCH;
    let [best, shared] = [this.#remembered[0]!, 0];
    for (const one of this.#remembered) {
      let same = 0;
      while (same < most && one.tokens[same] === tokens[same]) same++;
      const whole = Math.floor(same / BATCH) * BATCH;
      if (whole > shared) [best, shared] = [one, whole];
    }
    return { sequence: best.sequence, shared };
  }

  #remember(sequence: number, tokens: readonly number[]): void {
    const others = this.#remembered.filter((one) => one.sequence !== sequence);
    this.#remembered = [...others, { sequence, tokens }];
  }
}
