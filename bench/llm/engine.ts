// llama.cpp through node-llama-cpp's own interface, in the process of the port that is measured.
import {
  getLlama,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
} from 'node-llama-cpp';

export interface Engine extends AsyncDisposable {
  readonly model: LlamaModel;
  /** Evaluates a text from nothing. */
  prefill(text: string): Promise<void>;
  /** Writes so many likeliest tokens after a text; returns the time of the tokens alone, ms. */
  decode(text: string, tokens: number): Promise<number>;
  /** The first token of the answer to a prompt, from nothing. */
  answer(prompt: string): Promise<void>;
}

export async function openEngine(
  path: string,
  options: { readonly gpu: 'auto' | false; threads: number; contextTokens: number },
): Promise<Engine> {
  const { gpu, threads, contextTokens } = options;
  const llama = await getLlama({
    gpu,
    build: 'never',
    logLevel: LlamaLogLevel.error,
    logger: () => undefined,
  });
  const model = await llama.loadModel({ modelPath: path });
  const size = { contextSize: contextTokens, batchSize: contextTokens };
  const context = await model.createContext({ ...size, threads });
  const sequence = context.getSequence();
  const tokensOf = (text: string) => model.tokenize(text, false);
  return {
    model,
    async prefill(text) {
      await sequence.clearHistory();
      await sequence.evaluateWithoutGeneratingNewTokens(tokensOf(text));
    },
    async decode(text, tokens) {
      await sequence.clearHistory();
      return decoded(sequence, tokensOf(text), tokens);
    },
    async answer(prompt) {
      await sequence.clearHistory();
      for await (const _ of sequence.evaluate(tokensOf(prompt), { temperature: 0 })) break;
    },
    async [Symbol.asyncDispose]() {
      await context.dispose();
      await model.dispose();
      await llama.dispose();
    },
  };
}

/** From the first token to the last: the prompt is not in it. */
async function decoded(
  sequence: LlamaContextSequence,
  prompt: ReturnType<LlamaModel['tokenize']>,
  tokens: number,
): Promise<number> {
  let [begun, count] = [0, 0];
  for await (const _ of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    if (count === 0) begun = performance.now();
    if (++count > tokens) break;
  }
  return performance.now() - begun;
}
