// Text to tokens within bounds, with a boundary between prefix and continuation that never moves.
import type { LlamaModel, Token } from 'node-llama-cpp';
import { MillraceError } from '../../schemas/errors.ts';

export type Tokenizer = Pick<LlamaModel, 'tokenize' | 'tokens'>;

/** Special tokens stay plain text: a title `<|im_end|>` is data, not an instruction. */
const PLAIN = false;

function start(model: Tokenizer): Token[] {
  const bos = model.tokens.shouldPrependBosToken ? model.tokens.bos : null;
  return bos === null ? [] : [bos];
}

/**
 * Tokens of a text, at most `limit`; the end of a longer text is cut.
 * @throws MillraceError `text-empty` (skip)
 */
export function textTokens(model: Tokenizer, text: string, limit: number): Token[] {
  const tokens = [...start(model), ...model.tokenize(text, PLAIN)].slice(0, limit);
  if (text.trim() === '' || tokens.length === 0) throw emptyText();
  return tokens;
}

export interface ScoreTokens {
  prefix: Token[];
  continuations: Token[][];
}

/**
 * Prefix and continuations are tokenised apart, so the prefix's tokens do not depend on what comes
 * after. Spaces at the end of the prefix move to the head of each continuation, since a word's token
 * includes the space before it.
 *
 * Bounds: a continuation keeps its first `limit / 2` tokens; the prefix keeps its last tokens, as
 * many as leave room for the longest continuation.
 * @throws MillraceError `text-empty` (skip) when no token stands before the continuations
 */
export function scoreTokens(
  model: Tokenizer,
  prefix: string,
  continuations: readonly string[],
  limit: number,
): ScoreTokens {
  const head = prefix.trimEnd();
  const gap = prefix.slice(head.length);
  const cut = continuations.map((text) =>
    gap + text === ''
      ? []
      : model.tokenize(gap + text, PLAIN, 'trimLeadingSpace').slice(0, Math.floor(limit / 2)),
  );
  const first = start(model);
  const body = head === '' ? [] : model.tokenize(head, PLAIN);
  const room = limit - first.length - Math.max(0, ...cut.map((tokens) => tokens.length));
  const tokens = [...first, ...body.slice(Math.max(0, body.length - room))];
  if (tokens.length === 0) throw emptyText();
  return { prefix: tokens, continuations: cut };
}

export function emptyText(): MillraceError {
  return new MillraceError({
    code: 'text-empty',
    what: 'The language model was given no text.',
    why: 'A probability or a vector needs at least one token to stand on.',
    todo: 'Give the item a title, or leave it out.',
    remedy: 'skip',
  });
}
