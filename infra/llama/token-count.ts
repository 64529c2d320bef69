// Counts the tokens of texts, with the vocabulary of a model alone.
import type { Llama, LlamaModel } from 'node-llama-cpp';

export class TokenCount implements AsyncDisposable {
  private readonly llama: Llama;
  private readonly model: LlamaModel;

  private constructor(llama: Llama, model: LlamaModel) {
    this.llama = llama;
    this.model = model;
  }

  /** Opens a vocabulary. @param path path of a GGUF file, or of what `hf:` names on disk */
  static async open(path: string): Promise<TokenCount> {
    const { getLlama, LlamaLogLevel, resolveModelFile } = await import('node-llama-cpp');
    const modelPath = path.startsWith('hf:') ? await resolveModelFile(path, { cli: false }) : path;
    const llama = await getLlama({
      gpu: false,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
      logger: () => undefined,
    });
    return new TokenCount(llama, await llama.loadModel({ modelPath, vocabOnly: true }));
  }

  of(text: string): number {
    return this.model.tokenize(text, false).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model.dispose();
    await this.llama.dispose();
  }
}
