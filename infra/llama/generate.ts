// One generation: tokens drawn one after the other, held to a grammar where there is one.
import type { Llama, LlamaModel, Token } from 'node-llama-cpp';
import { Lru } from '../../models/llm/lru.ts';
import type { GenerateOptions, Prompt } from '../../models/llm/port.ts';
import type { NativeGrammar } from './native.ts';

/**
 * Number of grammars kept. An enumeration of a catalogue's groups makes one, and takes a while to
 * read.
 */
const GRAMMARS = 32;

/**
 * The tokens of a prompt, bounded. Only the template's own tokens are special; what stands between
 * them is plain text.
 */
export class Prompts {
  readonly #model: LlamaModel;
  #wrapper: Promise<Wrapper> | undefined;

  constructor(model: LlamaModel) {
    this.#model = model;
  }

  /** The tokens of a prompt, at most `limit` (≥ 1); of a longer prompt the last ones are kept. */
  async tokens(prompt: Prompt, limit: number): Promise<number[]> {
    const tokens = typeof prompt === 'string' ? this.#plain(prompt) : await this.#turn(prompt);
    return tokens.slice(-limit);
  }

  #plain(text: string): number[] {
    const { bos, shouldPrependBosToken } = this.#model.tokens;
    const head = shouldPrependBosToken && bos !== null ? [bos] : [];
    return [...head, ...this.#model.tokenize(text, false)];
  }

  async #turn({ system, user, begin }: Exclude<Prompt, string>): Promise<number[]> {
    this.#wrapper ??= wrapperOf(this.#model);
    const { wrapper, LlamaText } = await this.#wrapper;
    const { contextText } = wrapper.generateContextState({
      chatHistory: [
        ...(system ? [{ type: 'system' as const, text: LlamaText([system]).toJSON() }] : []),
        { type: 'user' as const, text: user },
        { type: 'model' as const, response: [] },
      ],
    });
    const head: number[] = contextText.tokenize(this.#model.tokenizer);
    // Every template begins with the token, also for a model that has it mean something else.
    const { bos, shouldPrependBosToken } = this.#model.tokens;
    if (!shouldPrependBosToken && head[0] === bos && head[1] === bos) head.shift();
    return begin ? [...head, ...this.#model.tokenize(begin, false)] : head;
  }
}

type Wrapper = Awaited<ReturnType<typeof wrapperOf>>;

async function wrapperOf(model: LlamaModel) {
  const { resolveChatWrapper, LlamaText } = await import('node-llama-cpp');
  return { wrapper: resolveChatWrapper(model), LlamaText };
}

/** Grammars, kept by their schema. */
export class Grammars {
  readonly #llama: Llama;
  readonly #known = new Lru<NativeGrammar>(GRAMMARS);

  constructor(llama: Llama) {
    this.#llama = llama;
  }

  async of(schema: object): Promise<NativeGrammar> {
    const key = JSON.stringify(schema);
    const found = this.#known.get(key);
    if (found) return found;
    type Schema = Parameters<Llama['createGrammarForJsonSchema']>[0];
    const { grammar, rootRuleName } = await this.#llama.createGrammarForJsonSchema(
      schema as Schema,
    );
    const made = { text: compact(grammar), root: rootRuleName };
    this.#known.set(key, made);
    return made;
  }
}

/**
 * Allows one way to write a JSON text: a space after each colon and comma, the end at the last
 * brace. Small models otherwise run away in white space.
 */
function compact(grammar: string): string {
  return grammar
    .replace(/^(whitespace-\S+) ::= .*$/gm, '$1 ::= ""')
    .replace(/^(comma-whitespace-\S+) ::= .*$/gm, '$1 ::= "," " "')
    .replaceAll('":" [ ]?', '":" " "')
    .replace(/^(root ::= .*?) "\\n\\n\\n\\n" \[\\n\]\*/m, '$1');
}

/** The model's tokens as text up to the first stop. */
export class Text {
  readonly tokens: number[] = [];
  readonly logProbs: number[] = [];
  text = '';
  ended = false;
  readonly #model: LlamaModel;
  readonly #stop: readonly string[];

  constructor(model: LlamaModel, { stop = [] }: GenerateOptions) {
    this.#model = model;
    this.#stop = stop;
  }

  /** Adds a token. @returns whether the text goes on */
  take(token: number, probability: number | undefined): boolean {
    if (this.#model.isEogToken(token as Token)) {
      this.ended = true;
      return false;
    }
    this.tokens.push(token);
    if (probability !== undefined) this.logProbs.push(Math.log(probability));
    const text = this.#model.detokenize(this.tokens as Token[]);
    const at = this.#stop.map((word) => text.indexOf(word)).filter((index) => index >= 0);
    this.text = at.length > 0 ? text.slice(0, Math.min(...at)) : text;
    this.ended = at.length > 0;
    return !this.ended;
  }
}
