import { describe, expect, it } from '@jest/globals';
import { intentMatch, MOST_UNCERTAIN } from '../../models/llm/intent-match.ts';
import { disagreement, evenness, inconsistency } from '../../models/llm/reasoner/uncertainty.ts';
import { softmax } from '../../models/softmax.ts';

describe('uncertainty', () => {
  it('evenness: entropy over the most it could be', () => {
    expect(evenness([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(1, 12);
    expect(evenness([1, 0, 0])).toBe(0);
    // (½ ln 2 + 2 · ¼ ln 4) / ln 3 = 1.5 ln 2 / ln 3
    expect(evenness([0.5, 0.25, 0.25])).toBeCloseTo((1.5 * Math.LN2) / Math.log(3), 12);
    expect(evenness([1])).toBe(0);
    expect(evenness([])).toBe(0);
  });

  it('disagreement: total variation, mean over the pairs', () => {
    expect(
      disagreement([
        [1, 0],
        [0, 1],
      ]),
    ).toBe(1);
    // ½(0.3 + 0.3) = 0.3; pairs of three: 0.3, 0.3, 0.
    expect(
      disagreement([
        [0.5, 0.5],
        [0.8, 0.2],
        [0.8, 0.2],
      ]),
    ).toBeCloseTo(0.2, 12);
    expect(disagreement([[0.5, 0.5]])).toBe(0);
  });

  it('inconsistency: 1 − Jaccard, mean over the pairs', () => {
    expect(
      inconsistency([
        ['a', 'b'],
        ['b', 'c'],
      ]),
    ).toBeCloseTo(2 / 3, 12);
    expect(inconsistency([['a'], ['a'], ['b']])).toBeCloseTo(2 / 3, 12);
    expect(inconsistency([[], []])).toBe(0);
  });

  it('softmax: in proportion to e^(value / temperature), however large the values', () => {
    expect(softmax([Math.log(3), 0])).toEqual([expect.closeTo(0.75, 12), expect.closeTo(0.25, 12)]);
    expect(softmax([1e4, 1e4])).toEqual([0.5, 0.5]);
    expect(softmax([2 * Math.log(3), 0], 2)[0]).toBeCloseTo(0.75, 12);
  });
});

describe('intentMatch', () => {
  const wish = { wanted: ['Crime', 'War'], avoid: ['Horror'], confidence: 0.5, uncertainty: 0 };

  it('is the share of what is wanted less that of what is not, times the confidence', () => {
    expect(intentMatch(wish, ['Crime'])).toBe(0.5);
    expect(intentMatch(wish, ['Crime', 'Drama'])).toBe(0.25);
    expect(intentMatch(wish, ['Horror', 'Drama'])).toBe(-0.5);
    expect(intentMatch(wish, ['Crime', 'War', 'Horror'])).toBe(0);
    expect(intentMatch(wish, [])).toBe(0);
    expect(intentMatch({ ...wish, wanted: [] }, ['Crime'])).toBe(0);
  });

  it('is not known where the reading is too uncertain', () => {
    expect(intentMatch({ ...wish, uncertainty: MOST_UNCERTAIN }, ['Crime'])).toBe(0.5);
    expect(intentMatch({ ...wish, uncertainty: MOST_UNCERTAIN + 0.01 }, ['Crime'])).toBeNull();
  });
});
