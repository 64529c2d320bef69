// One llama.cpp context and what its sequences remember of the prompts before.
//
// A prompt is always split into the same batches, whatever was evaluated before it: logits depend on the
// split, so equal prompts give equal bits. What a new prompt shares with one remembered, a user's history
// or the words of a template, is not evaluated again, as far as whole batches of it go.
import type { Native } from './native.ts';

/**
 * Tokens of a batch of a prompt. Smaller ones are shared more often and evaluated slower: 256 tokens on
 * one thread take 18 % longer by 32 than at once, and no longer by 64.
 */
const BATCH = 64;

export interface Evaluated {
  readonly sequence: number;
  /** Finds the logits of the prompt's last token, until the next batch. */
  readonly index: number;
}

export class Sequences {
  readonly native: Native;
  readonly #contextTokens: number;
  /** A context with embeddings gives logits of every token, and warns on stderr of unmarked ones. */
  readonly #everyToken: boolean;
  /** By sequence, least recently used first: tokens of the last prompt. */
  #remembered: { readonly sequence: number; readonly tokens: readonly number[] }[];

  constructor(native: Native, count: number, contextTokens: number, everyToken: boolean) {
    this.native = native;
    this.#contextTokens = contextTokens;
    this.#everyToken = everyToken;
    this.#remembered = Array.from({ length: count }, (_, sequence) => ({ sequence, tokens: [] }));
  }

  /** Evaluates a prompt from what is known of it; its sequence then holds nothing else. */
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

  /** The sequence not used for longest, emptied. */
  fresh(): number {
    const { sequence } = this.#remembered[0]!;
    this.#remember(sequence, []);
    this.forget(sequence, 0);
    return sequence;
  }

  /**
   * @param logits of which of the tokens they are wanted
   * @returns a logit index for each token wanted, good until the next batch
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
   * The sequence that shares most whole batches, the last of the prompt excepted, since its logits are
   * wanted; of equals the one not used for longest.
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
