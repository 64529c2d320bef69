// Catalogue text reaches the model as one bounded line.
import { describe, expect, it } from '@jest/globals';
import { cleanText, MAX_TEXT } from '../../models/llm/clean.ts';
import {
  continuation,
  historyPrompt,
  MAX_HISTORY,
  neutralPrompt,
} from '../../models/llm/roles/policy.ts';
import { itemPrompt } from '../../models/llm/roles/representer.ts';

describe('cleanText', () => {
  it('makes one line of control characters, line breaks and runs of spaces', () => {
    expect(cleanText('  Toy\u0000Story\r\n\t(1995)\u2028now ')).toBe('Toy Story (1995) now');
  });

  it('drops invisible format characters that could hide words', () => {
    expect(cleanText('Heat\u202e\u200b(1995)\u{e0041}')).toBe('Heat (1995)');
  });

  it('bounds the length in code points and never splits a pair', () => {
    expect(cleanText('x'.repeat(1000))).toHaveLength(MAX_TEXT);
    const faces = cleanText('😀'.repeat(1000));
    expect([...faces]).toHaveLength(MAX_TEXT);
    expect(faces.isWellFormed()).toBe(true);
    expect(cleanText(`a${'😀'.repeat(9)}`, 3)).toBe('a😀😀');
    expect(cleanText('  abc', 3)).toBe('abc');
  });

  it('repairs a lone surrogate', () => {
    expect(cleanText('a\ud800b').isWellFormed()).toBe(true);
  });
});

describe('prompts', () => {
  it('describe an item by title and groups', () => {
    expect(itemPrompt('Toy Story (1995)')).toBe('The movie Toy Story (1995)');
    expect(itemPrompt('Heat', ['Action', ' ', 'Crime\n'], 'video')).toBe(
      'The video Heat, genres Action, Crime',
    );
  });

  it('keep the most recent of a long history', () => {
    const liked = Array.from({ length: MAX_HISTORY + 2 }, (_, i) => `T${i}`);
    expect(historyPrompt(liked)).toBe(
      'I liked the movies T2, T3, T4, T5, T6, T7, T8, T9. I also liked the movie',
    );
  });

  it('fall back to the neutral prompt without a usable title', () => {
    expect(historyPrompt([])).toBe(neutralPrompt());
    expect(historyPrompt(['\n', ''], 'book')).toBe('I liked the book');
  });

  it('put the space of the first word at the head of a continuation', () => {
    expect(continuation('\nHeat (1995)')).toBe(' Heat (1995)');
  });
});
