// llama.cpp through node-llama-cpp's own interface, in the process of the port that is measured.
import { getLlama, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';

export interface Engine extends AsyncDisposable {
  readonly model: LlamaModel;
  /** Evaluates a text, with nothing remembered. */
  prefill(text: string): Promise<void>;
  /** Writes the `tokens` likeliest tokens after a text. */
  decode(text: string, tokens: number): Promise<void>;
  /** Evaluates a prompt, with nothing remembered, up to the first token of the answer. */
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
      let count = 0;
      const options = { temperature: 0, yieldEogToken: true };
      for await (const _ of sequence.evaluate(tokensOf(text), options))
        if (++count >= tokens) break;
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
