// The few calls of the engine below node-llama-cpp's public interface, typed and checked in one place.
//
// Why below it: in 3.21.1 the public `controlledEvaluate` can only hand back the probabilities of
// the whole vocabulary, as 98,000 JavaScript values a token (23 ms, most of it on the event loop).
// The same addon calls with a smaller question take 6 ms on a pool thread. The package is pinned to
// an exact version for this reason; 3.22 has a public `logits` filter that can replace this file.
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import { MillraceError } from '../../schemas/errors.ts';

/** [token, then id and relative probability in turn, then the softmax of `token`]. */
export type Sampled = [token: number, ranked: number[] | undefined, confidence: number | undefined];

/** A grammar in llama.cpp's notation (GBNF). */
export interface NativeGrammar {
  readonly text: string;
  readonly root: string;
}

/** An adapter in memory. It is freed by hand, after no context uses it any more. */
export interface NativeLora {
  dispose(): Promise<void>;
}

/** How far a text has come in a grammar; drawing a token moves it on. */
export type GrammarState = object;

export interface NativeSampler {
  applyConfig(config: {
    temperature: number;
    seed: number;
    topK?: number;
    topP?: number;
    minP?: number;
    tokenBiasKeys?: Uint32Array;
    tokenBiasValues?: Float32Array;
    grammarEvaluationState?: GrammarState;
  }): void;
  dispose(): void;
}

/** One llama.cpp context. `decodeBatch` and `sampleToken` run on a pool thread, the rest at once. */
export interface NativeContext {
  initBatch(size: number): void;
  /** @returns indices by which `sampleToken` finds the logits of the tokens named in `logits` */
  addToBatch(
    sequence: number,
    position: number,
    tokens: Uint32Array,
    logits: Uint32Array,
  ): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(
    logitIndex: number,
    sampler: NativeSampler,
    ranked: boolean,
    confidence: boolean,
  ): Promise<Sampled>;
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  /** Holds from the next batch on. */
  setLoras(loras: NativeLora[], scales: number[]): void;
  /** State of the last token of the last batch, after the final norm. */
  getEmbedding(tokens: number): Float64Array;
}

export interface Native {
  context: NativeContext;
  createSampler(): NativeSampler;
  /** A text yet to begin. */
  begin(grammar: NativeGrammar): GrammarState;
  /** Reads an adapter on a pool thread. What does not fit ends the process: check it before. */
  loadLora(path: string): Promise<NativeLora>;
}

interface Bindings {
  AddonSampler: new (model: unknown) => NativeSampler;
  AddonGrammar: new (text: string, params: object) => object;
  AddonGrammarEvaluationState: new (model: unknown, grammar: object) => GrammarState;
  AddonModelLora: new (model: unknown, path: string) => NativeLora;
}

interface NativeModel {
  loadLora(lora: NativeLora): Promise<void>;
}

/** @throws MillraceError `llama-unavailable` when the installed version has other internals */
export function nativeOf(llama: Llama, model: LlamaModel, context: LlamaContext): Native {
  const inner = (context as unknown as { _ctx?: Partial<NativeContext> })._ctx;
  const bindings = (llama as unknown as { _bindings?: Partial<Bindings> })._bindings;
  const { AddonSampler, AddonGrammar, AddonGrammarEvaluationState, AddonModelLora } =
    bindings ?? {};
  const native = (model as unknown as { _model?: NativeModel })._model;
  const calls = [
    'initBatch',
    'addToBatch',
    'decodeBatch',
    'sampleToken',
    'removeTokenCellsFromSequence',
    'setLoras',
    'getEmbedding',
  ] as const;
  if (
    !inner ||
    !AddonSampler ||
    !AddonGrammar ||
    !AddonGrammarEvaluationState ||
    !AddonModelLora ||
    typeof native?.loadLora !== 'function' ||
    calls.some((call) => typeof inner[call] !== 'function')
  ) {
    throw new MillraceError({
      code: 'llama-unavailable',
      what: 'The installed node-llama-cpp does not have the calls Millrace makes.',
      why: 'Its version differs from the one pinned in package.json.',
      todo: 'Install the pinned version: npm install',
    });
  }
  return {
    context: inner as NativeContext,
    createSampler: () => new AddonSampler(native),
    begin: ({ text, root }) =>
      new AddonGrammarEvaluationState(
        native,
        new AddonGrammar(text, { addonExports: bindings, rootRuleName: root }),
      ),
    async loadLora(path) {
      const lora = new AddonModelLora(native, path);
      await native.loadLora(lora);
      return lora;
    },
  };
}
