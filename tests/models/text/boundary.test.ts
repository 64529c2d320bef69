// Whole words in scripts with and without spaces between words.
import { describe, expect, it } from '@jest/globals';
import { isTelling, wordCount } from '../../../models/text/boundary.ts';

describe('a word in a text', () => {
  it('is counted by runs, or as two letters of a script without spaces', () => {
    expect(wordCount('You liked Casino - a crime film.')).toBe(7);
    expect(wordCount(' ')).toBe(0);
    expect(wordCount('因为你喜欢卧虎藏龙')).toBe(5);
    expect(wordCount('因为你喜欢Crouching Tiger。')).toBe(5);
  });

  it('tells by its length', () => {
    expect(['It', 'M', 'Heat', '活着', '爱', 'キル・ビル'].map(isTelling)).toEqual([
      false,
      false,
      true,
      true,
      false,
      true,
    ]);
  });
});
