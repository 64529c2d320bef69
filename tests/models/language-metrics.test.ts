// BLEU and ROUGE against the examples of their papers, and values worked out by hand.
import { describe, expect, it } from '@jest/globals';
import { languageRows } from '../../models/evaluation/language.ts';
import { corpusBleu, modifiedPrecision, sentenceBleu } from '../../models/metrics/language/bleu.ts';
import { rougeL, rougeN } from '../../models/metrics/language/rouge.ts';
import { wordsOf } from '../../models/text/words.ts';

const split = (text: string) => text.split(' ');

describe('BLEU', () => {
  // Papineni et al. 2002, example 1 (section 2.1).
  const references = [
    'It is a guide to action that ensures that the military will forever heed Party commands',
    'It is the guiding principle which guarantees the military forces always being under the command of the Party',
    'It is the practical guide for the army always to heed the directions of the party',
  ];
  const first =
    'It is a guide to action which ensures that the military always obeys the commands of the party';
  const second =
    'It is to insure the troops forever hearing the activity guidebook that party direct';
  const pair = (text: string) => ({
    candidate: wordsOf(text),
    references: references.map(wordsOf),
  });

  it('has the modified precisions of the paper', () => {
    expect(modifiedPrecision(pair(first), 1)).toEqual({ matched: 17, total: 18 });
    expect(modifiedPrecision(pair(second), 1)).toEqual({ matched: 8, total: 14 });
    expect(modifiedPrecision(pair(first), 2)).toEqual({ matched: 10, total: 17 });
    expect(modifiedPrecision(pair(second), 2)).toEqual({ matched: 1, total: 13 });
    // Example 2: a word counts as often as in one reference at most.
    const the = { candidate: split('the the the the the the the') };
    const cat = ['the cat is on the mat', 'there is a cat on the mat'].map(split);
    expect(modifiedPrecision({ ...the, references: cat }, 1)).toEqual({ matched: 2, total: 7 });
  });

  it('gives what NLTK documents for the same sentences', () => {
    const cased = { candidate: split(first), references: references.map(split) };
    expect(corpusBleu([cased])).toBeCloseTo(0.5045666840058485, 12);
    const book = {
      candidate: split('he read the book because he was interested in world history'),
      references: [split('he was interested in world history because he read the book')],
    };
    expect(corpusBleu([cased, book])).toBeCloseTo(0.5920778868801042, 12);
  });

  it('is 0 for a sentence without a common run of four, unless smoothed', () => {
    const short = { candidate: split('a b c d'), references: [split('a b d c')] };
    expect(corpusBleu([short])).toBe(0);
    // Precisions 4/4, (1 + 1)/(3 + 1), 1/3, 1/2; no penalty at equal length.
    expect(sentenceBleu(short)).toBeCloseTo((1 * 0.5 * (1 / 3) * 0.5) ** 0.25, 12);
  });

  it('punishes what is too short, by the nearest reference, the shorter of two', () => {
    const four = { candidate: split('a b c d'), references: [split('a b c d e'), split('a b c')] };
    expect(corpusBleu([four])).toBe(1);
    const five = { candidate: split('a b c d'), references: [split('a b c d e')] };
    expect(corpusBleu([five])).toBeCloseTo(Math.exp(1 - 5 / 4), 12);
  });
});

describe('ROUGE', () => {
  // Lin 2004, section 3.1.
  const reference = split('police killed the gunman');

  it('has the values of the paper', () => {
    const same = split('police kill the gunman');
    const turned = split('the gunman kill police');
    expect(rougeN(same, reference, 2).recall).toBeCloseTo(1 / 3, 12);
    expect(rougeN(turned, reference, 2).recall).toBeCloseTo(1 / 3, 12);
    expect(rougeL(same, reference).f).toBe(0.75);
    expect(rougeL(turned, reference).f).toBe(0.5);
    expect(rougeL(split('the gunman police killed'), reference).f).toBe(0.5);
  });

  it('weighs recall against precision', () => {
    const long = split('the police killed the gunman here today now');
    // 4 of 4 and 4 of 8: F = 2 · 0.5 / 1.5.
    expect(rougeN(long, reference, 1)).toEqual({ precision: 0.5, recall: 1, f: 2 / 3 });
    expect(rougeL(long, reference)).toEqual({ precision: 0.5, recall: 1, f: 2 / 3 });
  });

  it('counts a word as often as both have it, and nothing as nothing', () => {
    expect(rougeN(split('the the the'), reference, 1).recall).toBe(0.25);
    expect(rougeN([], reference, 1)).toEqual({ precision: 0, recall: 0, f: 0 });
    expect(rougeL(reference, [])).toEqual({ precision: 0, recall: 0, f: 0 });
    expect(rougeN(split('police'), reference, 2).f).toBe(0);
  });
});

describe('languages', () => {
  const rows = (candidate: string, reference: string) =>
    new Map(
      languageRows('m', 'x', [{ candidate, reference }]).map(({ metric, value }) => [
        metric,
        value,
      ]),
    );

  it('tells Chinese texts by their characters', () => {
    // 12 characters, of which the first 10 are the reference's.
    const chinese = rows('这部电影非常好看值得推荐', '这部电影非常好看值得一看');
    expect(chinese.get('ROUGE-1 x')).toBeCloseTo(10 / 12, 12);
    expect(chinese.get('ROUGE-2 x')).toBeCloseTo(9 / 11, 12);
    // Precisions 10/12, 9/11, 8/10, 7/9; no penalty at equal length.
    expect(chinese.get('BLEU x')).toBeCloseTo(
      ((10 / 12) * (9 / 11) * (8 / 10) * (7 / 9)) ** 0.25,
      12,
    );
  });

  it('tells Japanese texts by their characters', () => {
    // こ の 映 画 は 面 白 い of 11 characters.
    const japanese = rows('この映画はとても面白い', 'この映画はすごく面白い');
    expect(japanese.get('ROUGE-L x')).toBeCloseTo(8 / 11, 12);
  });

  it('tells words apart that differ by a mark', () => {
    const hindi = rows('पूर्व प्रधानमन्त्री को हत्या', 'पूर्व प्रधानमन्त्री की हत्या');
    expect(hindi.get('ROUGE-1 x')).toBe(0.75);
    expect(hindi.get('BLEU x')).toBe(0);
  });
});
