// A language model whose answers are kept on disk by content, with what each had cost, so that an
// evaluation asks once. Equal calls give equal answers, so a kept one is as good as a new one.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentHash } from '../../models/llm/hash.ts';
import type { GenerateOptions, Generation, LanguageModel, Prompt } from '../../models/llm/port.ts';

interface Kept {
  readonly key: string;
  readonly answer: unknown;
  /** Time that the call took when the model answered it, ms. */
  readonly ms: number;
}

/**
 * Number of calls answered, by the model or from the file, and the time the model took for them,
 * now or then.
 */
export interface Spent {
  calls: number;
  ms: number;
  tokens: number;
}

export class KeptAnswers implements LanguageModel {
  readonly name: string;
  readonly width: number;
  readonly spent: Spent = { calls: 0, ms: 0, tokens: 0 };
  /** Number of calls for which the model was asked here. */
  asked = 0;
  private readonly path: string;
  private readonly model: LanguageModel;
  private readonly known: Map<string, Kept>;
  private readonly count: (text: string) => number;

  private constructor(
    path: string,
    model: LanguageModel,
    known: Map<string, Kept>,
    count: (text: string) => number,
  ) {
    this.count = count;
    this.name = model.name;
    this.width = model.width;
    this.path = path;
    this.model = model;
    this.known = known;
  }

  /**
   * Opens the file of a model's answers, one answer a line; a line that was cut off is not used.
   * @param count counts the tokens of a text
   */
  static async open(
    folder: string,
    model: LanguageModel,
    count: (text: string) => number = () => 0,
  ): Promise<KeptAnswers> {
    const path = join(folder, `${model.name.replace(/[^\w.-]/g, '_')}.answers.jsonl`);
    await mkdir(dirname(path), { recursive: true });
    const text = await readFile(path, 'utf8').catch(() => '');
    const known = new Map<string, Kept>();
    for (const line of text.split('\n')) {
      try {
        const kept = JSON.parse(line) as Kept;
        known.set(kept.key, kept);
      } catch {
        // The empty end, or a line of a process that was killed.
      }
    }
    return new KeptAnswers(path, model, known, count);
  }

  /** Asks the model; vectors are not kept here but in `VectorFile`. */
  embed(text: string): Promise<Float32Array> {
    this.spent.tokens += this.count(text);
    return this.model.embed(text);
  }

  score(prefix: string, continuations: readonly string[]): Promise<number[]> {
    for (const text of [prefix, ...continuations]) this.spent.tokens += this.count(text);
    return this.answer(['score', prefix, ...continuations], () =>
      this.model.score(prefix, continuations),
    );
  }

  async generate(prompt: Prompt, options: GenerateOptions): Promise<Generation> {
    const made = await this.answer(['generate', prompt, options], () =>
      this.model.generate(prompt, options),
    );
    this.spent.tokens += made.promptTokens + made.tokens.length;
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model[Symbol.asyncDispose]();
  }

  private async answer<T>(call: readonly unknown[], ask: () => Promise<T>): Promise<T> {
    const key = contentHash(this.name, 'answer-2', JSON.stringify(call));
    let kept = this.known.get(key);
    if (!kept) {
      const begun = performance.now();
      const answer = await ask();
      kept = { key, answer, ms: performance.now() - begun };
      this.asked += 1;
      this.known.set(key, kept);
      await appendFile(this.path, `${JSON.stringify(kept)}\n`);
    }
    this.spent.calls += 1;
    this.spent.ms += kept.ms;
    return kept.answer as T;
  }
}
