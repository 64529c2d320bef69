// The language model port over llama.cpp contexts; calls run one at a time.
//
// A call's result does not depend on the calls before it, and equal calls give equal bits on one machine:
// see `sequences.ts`. Hidden states come from a context of their own, opened when they are first asked
// for: it works out logits of every token, which a score of a long prompt need not pay for.
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import type {
  AdaptableModel,
  Adapter,
  GenerateOptions,
  Generation,
  Prompt,
  Scored,
} from '../../models/llm/port.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { Adapters, apply, type LoadedAdapter, NONE } from './adapters.ts';
import { Grammars, Prompts, Text } from './generate.ts';
import { TokenLogProbs } from './logprob.ts';
import { type NativeSampler, nativeOf } from './native.ts';
import { Sequences } from './sequences.ts';
import { emptyText, scoreTokens, textTokens } from './tokens.ts';

/** Number of prompts whose beginnings are remembered. */
const REMEMBERED = 3;

export interface Opened {
  llama: Llama;
  model: LlamaModel;
  /** Path of the model's file. */
  path: string;
  /** Opens a context. @param embeddings whether it gives hidden states */
  openContext: (sequences: number, embeddings: boolean) => Promise<LlamaContext>;
  context: LlamaContext;
  name: string;
  contextTokens: number;
}

export class LlamaLanguageModel implements AdaptableModel {
  readonly name: string;
  readonly width: number;
  readonly #opened: Opened;
  readonly #sequences: Sequences;
  readonly #logProbs: TokenLogProbs;
  readonly #prompts: Prompts;
  readonly #grammars: Grammars;
  readonly #adapters: Adapters;
  #states: { readonly sequences: Sequences; readonly context: LlamaContext } | undefined;
  #loaded: LoadedAdapter = NONE;
  /** Settles when the call asked for last is over. */
  #last: Promise<unknown> = Promise.resolve();
  /** Settles when the swap of adapters asked for last is over. */
  #swap: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(opened: Opened) {
    this.name = opened.name;
    this.width = opened.model.embeddingVectorSize;
    this.#opened = opened;
    const { llama, model, context, contextTokens, path } = opened;
    const native = nativeOf(llama, model, context);
    this.#sequences = new Sequences(native, REMEMBERED, contextTokens, false);
    this.#logProbs = new TokenLogProbs(native);
    this.#prompts = new Prompts(model);
    this.#grammars = new Grammars(llama);
    this.#adapters = new Adapters(path, opened.name, native);
  }

  /** Number of sequences of the context that scores and generates. */
  static readonly sequences = REMEMBERED;

  get adapter(): number {
    return this.#loaded.version;
  }

  setAdapter(adapter: Adapter | undefined): Promise<void> {
    // One after the other: a small file asked for later must not overtake a large one.
    const swap = this.#swap.then(async () => {
      if (this.#closing !== undefined) throw closed();
      const next = await this.#adapters.load(adapter);
      await this.#inTurn(async () => {
        const before = this.#loaded;
        apply(next, this.#sequences.native);
        if (this.#states) apply(next, this.#states.sequences.native);
        this.#loaded = next;
        await before.lora?.dispose();
      });
    });
    this.#swap = swap.catch(() => undefined);
    return swap;
  }

  /**
   * The hidden state at the end of a text; of a longer text the first `contextTokens` tokens are
   * read.
   */
  embed(text: string): Promise<Float32Array> {
    return this.#inTurn(async () => {
      const tokens = textTokens(this.#opened.model, text, this.#opened.contextTokens);
      const sequences = await this.#withStates();
      await sequences.extend(sequences.fresh(), 0, tokens, 'every');
      return stateOf(sequences);
    });
  }

  hidden(text: string): Promise<Float32Array[]> {
    return this.#inTurn(async () => {
      const tokens = textTokens(this.#opened.model, text, this.#opened.contextTokens);
      const sequences = await this.#withStates();
      const sequence = sequences.fresh();
      const states: Float32Array[] = [];
      for (const [position, token] of tokens.entries()) {
        await sequences.extend(sequence, position, [token], 'every');
        states.push(stateOf(sequences));
      }
      return states;
    });
  }

  async score(prefix: string, continuations: readonly string[]): Promise<number[]> {
    const { scores } = await this.scored(prefix, continuations);
    return [...scores];
  }

  /**
   * The log-likelihoods of continuations, bounded as `scoreTokens` says; that of an empty
   * continuation is 0.
   */
  scored(prefix: string, continuations: readonly string[]): Promise<Scored> {
    return this.#inTurn(async () => {
      const { model, contextTokens } = this.#opened;
      const tokens = scoreTokens(model, prefix, continuations, contextTokens);
      const before = tokens.prefix.length;
      const { sequence, index: end } = await this.#sequences.prompt(tokens.prefix);
      // First tokens are read now: the next batch overwrites the logits of this one.
      const heads = tokens.continuations.flatMap((part) => part.slice(0, 1));
      const first = heads.length === 0 ? [] : await this.#logProbs.at(end, heads);
      const firstOf = new Map(heads.map((head, i) => [head, first[i] as number]));

      const scores: number[] = [];
      for (const part of tokens.continuations) {
        let sum = part.length === 0 ? 0 : (firstOf.get(part[0] as (typeof part)[0]) as number);
        if (part.length > 1) {
          const body = part.slice(0, -1);
          const indices = await this.#sequences.extend(sequence, before, body, 'every');
          for (const [i, index] of indices.entries()) {
            sum += (await this.#logProbs.at(index, [part[i + 1] as number]))[0] as number;
          }
          this.#sequences.forget(sequence, before);
        }
        scores.push(sum);
      }
      return { scores, adapter: this.adapter };
    });
  }

  /**
   * Generates an answer. Of a prompt too long for the context with room for the answer, the last
   * tokens are kept.
   * @throws MillraceError `answer-too-long` (skip), `text-empty` (skip)
   */
  generate(prompt: Prompt, options: GenerateOptions): Promise<Generation> {
    return this.#inTurn(async () => {
      const { model, contextTokens } = this.#opened;
      const { maxTokens, temperature = 0, topK, topP = 1, seed = 0, schema } = options;
      const room = contextTokens - maxTokens;
      if (room < 1) throw tooLong(contextTokens, maxTokens);
      const tokens = await this.#prompts.tokens(prompt, room);
      if (tokens.length === 0) throw emptyText();
      const sequences = options.states ? await this.#withStates() : this.#sequences;
      const { native } = sequences;
      const grammar = schema && native.begin(await this.#grammars.of(schema));
      using sampler = disposable(native.createSampler());
      const config = { temperature, topP, minP: 0, seed, ...(topK ? { topK } : {}) };
      sampler.applyConfig({ ...config, ...(grammar ? { grammarEvaluationState: grammar } : {}) });
      const text = new Text(model, options);
      const asked = options.logProbs ?? false;
      const states: Float32Array[] = [];
      let { sequence, index } = await sequences.prompt(tokens);
      while (text.tokens.length < maxTokens) {
        const state = options.states ? stateOf(sequences) : undefined;
        const [token, , p] = await native.context.sampleToken(index, sampler, false, asked);
        const goesOn = text.take(token, p);
        if (state && text.tokens.length > states.length) states.push(state);
        if (!goesOn || text.tokens.length === maxTokens) break;
        const position = tokens.length + text.tokens.length - 1;
        index = (await sequences.extend(sequence, position, [token], 'last'))[0]!;
      }
      sequences.forget(sequence, tokens.length);
      const { tokens: drawn, logProbs, ended } = text;
      return {
        text: text.text,
        promptTokens: tokens.length,
        tokens: drawn,
        logProbs,
        ended,
        adapter: this.adapter,
        ...(options.states ? { states } : {}),
      };
    });
  }

  /** Ends the model: calls under way are waited for, later ones are refused. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= Promise.all([this.#last, this.#swap]).then(async () => {
      this.#logProbs[Symbol.dispose]();
      await this.#states?.context.dispose();
      await this.#opened.context.dispose();
      await this.#loaded.lora?.dispose();
      await this.#opened.model.dispose();
      await this.#opened.llama.dispose();
    });
    return this.#closing;
  }

  async #withStates(): Promise<Sequences> {
    if (!this.#states) {
      const { llama, model, contextTokens, openContext } = this.#opened;
      const context = await openContext(1, true);
      const sequences = new Sequences(nativeOf(llama, model, context), 1, contextTokens, true);
      apply(this.#loaded, sequences.native);
      this.#states = { sequences, context };
    }
    return this.#states.sequences;
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

/** State of the last token of the last batch. */
function stateOf({ native }: Sequences): Float32Array {
  return Float32Array.from(native.context.getEmbedding(1));
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

function tooLong(context: number, answer: number): MillraceError {
  return new MillraceError({
    code: 'answer-too-long',
    what: `A context of ${context} tokens has no room for a prompt beside an answer of ${answer}.`,
    why: 'Prompt and answer share the context; where memory is short the engine opens a smaller one.',
    todo: 'Free some memory, or name a smaller model with LLM_MODEL.',
    remedy: 'skip',
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
