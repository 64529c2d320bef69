// The language model port over one llama.cpp context with one sequence; calls run one at a time.
//
// Every call starts from an empty sequence and splits its batches in the same way, so a call's
// result does not depend on the calls before it, and equal calls give equal bits on one machine.
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import type { GenerateOptions, Generation, LanguageModel, Prompt } from '../../models/llm/port.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { Grammars, Prompts, Text } from './generate.ts';
import { TokenLogProbs } from './logprob.ts';
import { type Native, type NativeSampler, nativeOf } from './native.ts';
import { emptyText, scoreTokens, textTokens } from './tokens.ts';

const SEQUENCE = 0;

export interface Opened {
  llama: Llama;
  model: LlamaModel;
  context: LlamaContext;
  name: string;
  contextTokens: number;
}

export class LlamaLanguageModel implements LanguageModel {
  readonly name: string;
  readonly width: number;
  readonly #opened: Opened;
  readonly #native: Native;
  readonly #logProbs: TokenLogProbs;
  readonly #prompts: Prompts;
  readonly #grammars: Grammars;
  /** Settles when the last call asked for is over. */
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(opened: Opened) {
    this.name = opened.name;
    this.width = opened.model.embeddingVectorSize;
    this.#opened = opened;
    this.#native = nativeOf(opened.llama, opened.model, opened.context);
    this.#logProbs = new TokenLogProbs(this.#native);
    this.#prompts = new Prompts(opened.model);
    this.#grammars = new Grammars(opened.llama);
  }

  /** Keeps the first `contextTokens` tokens of the text. */
  embed(text: string): Promise<Float32Array> {
    return this.#inTurn(async () => {
      const tokens = textTokens(this.#opened.model, text, this.#opened.contextTokens);
      this.#forget(0);
      await this.#decode(0, tokens);
      return Float32Array.from(this.#native.context.getEmbedding(tokens.length));
    });
  }

  /** Bounds: see `scoreTokens`. The log-likelihood of an empty continuation is 0. */
  score(prefix: string, continuations: readonly string[]): Promise<number[]> {
    return this.#inTurn(async () => {
      const { model, contextTokens } = this.#opened;
      const tokens = scoreTokens(model, prefix, continuations, contextTokens);
      this.#forget(0);
      const before = tokens.prefix.length;
      const end = (await this.#decode(0, tokens.prefix)).at(-1) as number;
      // First tokens are read now: the next batch overwrites the logits of this one.
      const heads = tokens.continuations.flatMap((part) => part.slice(0, 1));
      const first = heads.length === 0 ? [] : await this.#logProbs.at(end, heads);
      const firstOf = new Map(heads.map((head, i) => [head, first[i] as number]));

      const sums: number[] = [];
      for (const part of tokens.continuations) {
        let sum = part.length === 0 ? 0 : (firstOf.get(part[0] as (typeof part)[0]) as number);
        if (part.length > 1) {
          const indices = await this.#decode(before, part.slice(0, -1));
          for (const [i, index] of indices.entries()) {
            sum += (await this.#logProbs.at(index, [part[i + 1] as number]))[0] as number;
          }
          this.#forget(before);
        }
        sums.push(sum);
      }
      return sums;
    });
  }

  /** Of a prompt too long for the context, with room for the answer, the last tokens are kept. */
  generate(prompt: Prompt, options: GenerateOptions): Promise<Generation> {
    return this.#inTurn(async () => {
      const { model, contextTokens } = this.#opened;
      const { maxTokens, temperature = 0, topK, topP = 1, seed = 0, schema } = options;
      const tokens = await this.#prompts.tokens(prompt, contextTokens - maxTokens);
      if (tokens.length === 0) throw emptyText();
      const grammar = schema && this.#native.begin(await this.#grammars.of(schema));
      this.#forget(0);
      using sampler = disposable(this.#native.createSampler());
      const config = { temperature, topP, minP: 0, seed, ...(topK ? { topK } : {}) };
      sampler.applyConfig({ ...config, ...(grammar ? { grammarEvaluationState: grammar } : {}) });
      const text = new Text(model, options);
      let index = (await this.#decode(0, tokens)).at(-1)!;
      while (text.tokens.length < maxTokens) {
        const [token, , p = 1] = await this.#native.context.sampleToken(
          index,
          sampler,
          false,
          true,
        );
        if (!text.take(token, Math.log(p))) break;
        if (text.tokens.length === maxTokens) break;
        const position = tokens.length + text.tokens.length - 1;
        index = (await this.#decode(position, [token]))[0]!;
      }
      const { tokens: drawn, logProbs, ended } = text;
      return { text: text.text, promptTokens: tokens.length, tokens: drawn, logProbs, ended };
    });
  }

  /** Waits for the calls under way; later calls are refused. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#last.then(async () => {
      this.#logProbs[Symbol.dispose]();
      await this.#opened.context.dispose();
      await this.#opened.model.dispose();
      await this.#opened.llama.dispose();
    });
    return this.#closing;
  }

  /** Drops what the sequence remembers from a position on. */
  #forget(from: number): void {
    this.#native.context.removeTokenCellsFromSequence(SEQUENCE, from, this.#opened.contextTokens);
  }

  /** @returns a logit index for each token, good until the next batch */
  async #decode(position: number, tokens: readonly number[]): Promise<Uint32Array> {
    const context = this.#native.context;
    context.initBatch(tokens.length);
    // A context with embeddings outputs every token anyway, and warns on stderr of unmarked ones.
    const every = Uint32Array.from(tokens.keys());
    const indices = context.addToBatch(SEQUENCE, position, Uint32Array.from(tokens), every);
    await context.decodeBatch();
    return indices;
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    const turn = this.#last.then(call).catch((cause: unknown) => {
      throw cause instanceof MillraceError ? cause : failed(this.name, cause);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function disposable(sampler: NativeSampler): NativeSampler & Disposable {
  return Object.assign(sampler, { [Symbol.dispose]: () => sampler.dispose() });
}

function closed(): MillraceError {
  return new MillraceError({
    code: 'llama-closed',
    what: 'The language model is closed.',
    why: 'It was asked after the shutdown began.',
  });
}

function failed(name: string, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'llama-failed',
    what: `The language model ${name} could not evaluate a text.`,
    why: cause instanceof Error ? cause.message : String(cause),
    todo: 'Look at the free memory; a smaller model or a smaller context needs less.',
    remedy: 'retry',
    cause,
  });
}
