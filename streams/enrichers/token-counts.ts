// Counts the tokens that a language model reads and writes where it generates: what providers bill, and what
// bounds a queue.
import type { LanguageModel } from '../../models/llm/port.ts';

export interface TokenCounts {
  /** Tokens of prompts. */
  prompt: number;
  /** Tokens that were generated. */
  generated: number;
}

/** The model as it is, whose generations are counted in `counts`; embeddings and scores are not. */
export function counting<M extends LanguageModel>(model: M, counts: TokenCounts): M {
  const generate: LanguageModel['generate'] = async (prompt, options) => {
    const generation = await model.generate(prompt, options);
    counts.prompt += generation.promptTokens;
    counts.generated += generation.tokens.length;
    return generation;
  };
  return new Proxy(model, {
    get(of, name) {
      if (name === 'generate') return generate;
      const value: unknown = Reflect.get(of, name, of);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
}
