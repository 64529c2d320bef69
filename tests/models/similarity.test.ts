import { describe, expect, it } from '@jest/globals';
import { Random } from '../../models/random.ts';
import { VectorIndex } from '../../models/text/similarity.ts';

function filled(minimum = 4): VectorIndex {
  const index = new VectorIndex(3, { minimum });
  // Mean (100, 0, 7); deviations (2, 1, 0): the third tells nothing, the first is large.
  index.add('a', [102, 1, 7]);
  index.add('b', [102, -1, 7]);
  index.add('c', [98, 1, 7]);
  index.add('d', [98, -1, 7]);
  return index;
}

describe('VectorIndex', () => {
  it('compares standardised directions, worked out by hand', () => {
    const index = filled();
    // Standardised: a (1, 1), b (1, −1), c (−1, 1), d (−1, −1).
    const profile = index.profile(['a', 'b', 'unknown']);
    expect(index.similarity(profile, 'a')).toBeCloseTo(Math.SQRT1_2, 6);
    expect(index.similarity(profile, 'd')).toBeCloseTo(-Math.SQRT1_2, 6);
    expect(index.similarity(index.profile(['a']), 'd')).toBeCloseTo(-1, 6);
    expect(index.similarity(index.profile(['a']), 'b')).toBeCloseTo(0, 6);
  });

  it('keeps the spread of a dimension that is large everywhere, whatever was replaced', () => {
    const index = new VectorIndex(2, { minimum: 4 });
    index.add('a', [1e15, 3]);
    index.add('b', [1e4 + 1, 4]);
    index.add('a', [1e4 - 1, 4]);
    index.add('c', [1e4 + 1, 2]);
    index.add('d', [1e4 - 1, 2]);
    // Standardised: a (−1, 1), b (1, 1), c (1, −1), d (−1, −1).
    const profile = index.profile(['b']);
    expect(index.similarity(profile, 'd')).toBeCloseTo(-1, 6);
    expect(index.similarity(profile, 'c')).toBeCloseTo(0, 6);
  });

  it('knows nothing of the unknown, of opposites, or of too few vectors', () => {
    const index = filled();
    expect(index.profile([])).toBeNull();
    expect(index.profile(['unknown'])).toBeNull();
    expect(index.profile(['a', 'd'])).toBeNull(); // they cancel
    expect(index.similarity(null, 'a')).toBeNull();
    expect(index.similarity(index.profile(['a']), 'unknown')).toBeNull();
    const few = filled(5);
    expect(few.profile(['a'])).toBeNull();
    expect(few.nearest(null, 3)).toEqual([]);
  });

  it('finds the nearest, ties by the order of adding', () => {
    const index = filled();
    const found = index.nearest(index.profile(['a']), 3);
    expect(found.map(({ itemId }) => itemId)).toEqual(['a', 'b', 'c']);
    expect(found[0]!.similarity).toBeCloseTo(1, 6);
  });

  it('replaces a vector and refuses another width', () => {
    const index = filled();
    expect(index.add('a', [98, -1, 7])).toBe(true);
    expect(index.size).toBe(4);
    expect(index.similarity(index.profile(['a']), 'd')).toBeCloseTo(1, 6);
    expect(index.add('e', [1, 2])).toBe(false);
    expect(index.has('e')).toBe(false);
  });

  it('agrees with the cosine computed the long way once it has grown', () => {
    const random = new Random(5);
    const width = 6;
    const vectors = Array.from({ length: 84 }, () =>
      Array.from({ length: width }, (_, d) => random.next() * (d + 1) + d * 10),
    );
    const index = new VectorIndex(width);
    for (const [i, vector] of vectors.entries()) index.add(`${i}`, vector);
    const z = vectors.map((vector) =>
      vector.map((value, d) => {
        const column = vectors.map((other) => other[d]!);
        const mean = column.reduce((sum, x) => sum + x) / column.length;
        const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length;
        return (value - mean) / Math.sqrt(variance);
      }),
    );
    const cosine = (a: number[], b: number[]) =>
      a.reduce((sum, x, i) => sum + x * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
    // The standardisation may be a twentieth of the index behind.
    expect(index.similarity(index.profile(['3']), '8')).toBeCloseTo(cosine(z[3]!, z[8]!), 1);
  });

  it('hands over to a graph little by little, and finds what it found before', () => {
    const random = new Random(8);
    const make = (exactUpTo: number) => new VectorIndex(8, { exactUpTo });
    const [exact, graph] = [make(10_000), make(200)];
    for (let i = 0; i < 600; i++) {
      const vector = Array.from({ length: 8 }, () => random.next());
      for (const index of [exact, graph]) index.add(`${i}`, vector);
      if (i % 50 !== 49) continue;
      for (const index of [exact, graph]) index.add(`${i - 20}`, vector.toReversed());
      const profile = exact.profile([`${i}`, `${i - 7}`]);
      const found = graph.nearest(profile, 10);
      const truth = exact.nearest(profile, 10);
      expect(found.filter((one) => truth.some(({ itemId }) => itemId === one.itemId)).length).toBe(
        10,
      );
      expect(found.slice(0, 2)).toEqual(truth.slice(0, 2));
    }
  });
});
