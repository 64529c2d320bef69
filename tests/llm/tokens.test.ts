// Bounds and boundary of tokenised text, with a tokenizer of one token a character.
import { describe, expect, it } from '@jest/globals';
import { scoreTokens, type Tokenizer, textTokens } from '../../infra/llama/tokens.ts';

const BOS = 7;
function characters(bos: boolean): Tokenizer {
  return {
    tokenize: (text: string) => Array.from(text, (c) => c.charCodeAt(0)),
    tokens: { shouldPrependBosToken: bos, bos: BOS },
  } as unknown as Tokenizer;
}
const codes = (text: string) => Array.from(text, (c) => c.charCodeAt(0));

describe('textTokens', () => {
  it('keeps the beginning of a long text', () => {
    expect(textTokens(characters(false), 'abcdef', 4)).toEqual(codes('abcd'));
    expect(textTokens(characters(true), 'abcdef', 4)).toEqual([BOS, ...codes('abc')]);
  });

  it('refuses a text without a word', () => {
    expect(() => textTokens(characters(true), ' \n', 4)).toThrow(
      expect.objectContaining({ code: 'text-empty', remedy: 'skip' }),
    );
  });
});

describe('scoreTokens', () => {
  it('moves the space at the end of the prefix to the continuations', () => {
    expect(scoreTokens(characters(false), 'film: ', ['a', ''], 100)).toEqual({
      prefix: codes('film:'),
      continuations: [codes(' a'), codes(' ')],
    });
  });

  it('keeps the end of a long prefix and the beginning of a long continuation', () => {
    // limit 8: 4 tokens of the continuation, the start token, and 3 of the prefix
    expect(scoreTokens(characters(true), 'abcdef', ['uvwxyz', 'u'], 8)).toEqual({
      prefix: [BOS, ...codes('def')],
      continuations: [codes('uvwx'), codes('u')],
    });
  });

  it('needs a token before the continuations', () => {
    expect(() => scoreTokens(characters(false), ' ', ['a'], 8)).toThrow(
      expect.objectContaining({ code: 'text-empty' }),
    );
    expect(scoreTokens(characters(true), '', ['a'], 8).prefix).toEqual([BOS]);
  });
});
