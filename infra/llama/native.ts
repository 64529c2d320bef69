// The few calls of the engine below node-llama-cpp's public interface, typed and checked in one place.
//
// Why below it: the public interface decides by itself how a prompt is split into batches, and logits
// depend on that; hidden states of a text that goes on, and adapters that share a context, are not in it
// either. The package is pinned to an exact version (3.22.1) for this reason.
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import { MillraceError } from '../../schemas/errors.ts';

/** What `sampleToken` resolves to; id and logit take turns in `logits`. */
export type Sampled = [
  token: number,
  probabilities: undefined,
  confidence: number | undefined,
  logits: number[] | undefined,
  /** Σ exp(logit − largest logit) over the vocabulary. */
  totalWeight: number | undefined,
];

/** Which logits `sampleToken` gives. */
type LogitFilter = [
  tokens: readonly number[],
  /** Whether the largest logit is given; in 3.22.1 it is only if its token is named anyway. */
  largest: boolean,
  smallest: boolean,
  selected: boolean,
  top: number,
];

export interface Logits {
  readonly selected: number;
  /** Logits of the selected token and of those asked for, by token. */
  readonly logits: ReadonlyMap<number, number>;
  /** Σ exp(logit − largest logit) over the vocabulary. */
  readonly totalWeight: number;
}

/** A grammar in llama.cpp's notation (GBNF). */
export interface NativeGrammar {
  readonly text: string;
  readonly root: string;
}

/** An adapter in memory. It must be freed by hand, once no context uses it any more. */
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
    probabilities: false,
    confidence: boolean,
    logits?: LogitFilter,
    totalWeight?: boolean,
  ): Promise<Sampled>;
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  /** Sets the adapters; they hold from the next batch on. */
  setLoras(loras: NativeLora[], scales: number[]): void;
  /** State of the last token of the last batch, after the final norm. */
  getEmbedding(tokens: number): Float64Array;
}

export interface Native {
  context: NativeContext;
  createSampler(): NativeSampler;
  /**
   * Reads the logits at an evaluated position: of the token that the sampler selects, and of some
   * others.
   */
  logits(index: number, sampler: NativeSampler, tokens: readonly number[]): Promise<Logits>;
  /** The state of a text before its first token. */
  begin(grammar: NativeGrammar): GrammarState;
  /**
   * Reads an adapter on a pool thread. An adapter that does not fit ends the process: check it
   * first.
   */
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
  const checked = inner as NativeContext;
  return {
    context: checked,
    createSampler: () => new AddonSampler(native),
    async logits(index, sampler, tokens) {
      const filter: LogitFilter = [tokens, false, false, true, 0];
      const answer = await checked.sampleToken(index, sampler, false, false, filter, true);
      const [selected, , , flat = [], totalWeight = Number.NaN] = answer;
      const logits = new Map<number, number>();
      for (let i = 0; i + 1 < flat.length; i += 2) logits.set(flat[i]!, flat[i + 1]!);
      return { selected, logits, totalWeight };
    },
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
