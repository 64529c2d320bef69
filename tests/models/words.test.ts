// Words in scripts with spaces, without them, and with marks; and words found in a text.
import { describe, expect, it } from '@jest/globals';
import { hasWords, wordsOf } from '../../models/text/words.ts';

describe('wordsOf', () => {
  it('takes letters and digits in lower case', () => {
    expect(wordsOf('It’s SO good — 5★, Crème!')).toEqual(['it', 's', 'so', 'good', '5', 'crème']);
  });

  it('takes each letter of a script without spaces, and words of others beside it', () => {
    expect(wordsOf('这部Inception很好看。2024年')).toEqual([
      '这',
      '部',
      'inception',
      '很',
      '好',
      '看',
      '2024',
      '年',
    ]);
    expect(wordsOf('この映画はスーパー')).toEqual([...'この映画はスーパー']);
    // Vowels and tones of Thai are marks of the letter before.
    expect(wordsOf('ดีมาก')).toEqual(['ดี', 'ม', 'า', 'ก']);
    expect(wordsOf('𠮷野家')).toEqual(['𠮷', '野', '家']);
  });

  it('keeps a mark with its letter', () => {
    expect(wordsOf('पूर्व प्रधानमन्त्री को')).toEqual(['पूर्व', 'प्रधानमन्त्री', 'को']);
    expect(wordsOf('की')).not.toEqual(wordsOf('को'));
    expect(wordsOf('Cre\u0300me')).toEqual(['crème']);
    expect(wordsOf('مُحَمَّد')).toEqual(['مُحَمَّد']);
  });

  it('leaves out what cannot be seen, and marks without a letter', () => {
    expect(wordsOf('co\u00adop می\u200cخواهم ❤\ufe0f ก\u200bข')).toEqual([
      'coop',
      'میخواهم',
      'ก',
      'ข',
    ]);
  });

  it('takes Korean by its spaces', () => {
    expect(wordsOf('영화가 정말 좋다')).toEqual(['영화가', '정말', '좋다']);
  });
});

describe('hasWords', () => {
  it('finds whole words in any case', () => {
    expect(hasWords('I want a comedy.', 'Comedy')).toBe(true);
    expect(hasWords('comedycomedyx', 'Comedy')).toBe(false);
    expect(hasWords('a comedy of\n errors', 'of errors')).toBe(true);
    expect(hasWords('Sci-Fi (old)', 'sci-fi')).toBe(true);
    expect(hasWords('anything', '  ')).toBe(false);
  });

  it('finds them where no spaces are', () => {
    expect(hasWords('我想看喜剧片', '喜剧')).toBe(true);
    expect(hasWords('我看过Inception了', 'inception')).toBe(true);
    expect(hasWords('Inception을 봤어요', 'Inception')).toBe(true);
    expect(hasWords('액션을 좋아해요', '액션')).toBe(true);
  });

  it('does not end before a mark', () => {
    expect(hasWords('हत्या की', 'क')).toBe(false);
    expect(hasWords('ดี', 'ด')).toBe(false);
    expect(hasWords('Cafe\u0301', 'café')).toBe(true);
    expect(hasWords('Cafe\u0301', 'cafe')).toBe(false);
  });
});
