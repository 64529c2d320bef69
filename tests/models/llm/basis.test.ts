import { describe, expect, it } from '@jest/globals';
import { Basis, meanDirection } from '../../../models/llm/basis.ts';
import { symmetricEigen } from '../../../models/llm/eigen.ts';
import { normal } from '../../../models/normal.ts';
import { Random } from '../../../models/random.ts';

const close = (values: ArrayLike<number>, digits = 6) =>
  Array.from(values, (value) => expect.closeTo(value, digits));

/** Vectors of `width` around a mean far from 0, with `rank` hidden causes and one constant dimension. */
function made(n: number, width: number, rank: number): Float32Array[] {
  const random = new Random(5);
  const loadings = Array.from({ length: rank * width }, () => normal(random));
  return Array.from({ length: n }, () => {
    const causes = Array.from({ length: rank }, (_, r) => normal(random) * (rank - r));
    return Float32Array.from({ length: width }, (_, d) => {
      if (d === 0) return 7;
      return 10 * d + causes.reduce((sum, cause, r) => sum + cause * loadings[r * width + d]!, 0);
    });
  });
}

describe('the eigenvectors of a symmetric matrix', () => {
  it('are those worked out by hand', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 0, 1, 2, 0, 0, 0, 5), 3);
    const half = Math.SQRT1_2;
    expect([...values]).toEqual(close([5, 3, 1], 12));
    expect([...vectors.map(Math.abs)]).toEqual(close([0, 0, 1, half, half, 0, half, half, 0], 12));
  });

  it('are orthonormal and make up the matrix', () => {
    const n = 23;
    const random = new Random(3);
    const half = Float64Array.from({ length: n * n }, () => normal(random));
    const matrix = half.map((value, at) => value + half[(at % n) * n + Math.floor(at / n)]!);
    const { values, vectors } = symmetricEigen(matrix, n);
    expect([...values]).toEqual([...values].sort((a, b) => b - a));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let [made, product] = [0, 0];
        for (let k = 0; k < n; k++) {
          made += values[k]! * vectors[k * n + i]! * vectors[k * n + j]!;
          product += vectors[i * n + k]! * vectors[j * n + k]!;
        }
        expect(made).toBeCloseTo(matrix[i * n + j]!, 10);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 10);
      }
    }
  });
});

describe('a basis', () => {
  const vectors = made(60, 12, 3);
  const basis = Basis.fit(vectors);

  it('keeps as many directions as the vectors have, and all that they say', () => {
    expect([basis.from, basis.width]).toEqual([12, 3]);
    const cosines = (rows: Float64Array[]) =>
      rows.map((row) => {
        const dot = (a: Float64Array, b: Float64Array) => a.reduce((s, v, d) => s + v * b[d]!, 0);
        return dot(row, rows[0]!) / Math.sqrt(dot(row, row) * dot(rows[0]!, rows[0]!));
      });
    const moments = Array.from({ length: 12 }, (_, d) => {
      const mean = vectors.reduce((sum, v) => sum + v[d]!, 0) / 60;
      const variance = vectors.reduce((sum, v) => sum + (v[d]! - mean) ** 2, 0) / 60;
      return { mean, std: Math.sqrt(variance) };
    });
    const standardised = vectors.map((vector) =>
      Float64Array.from(vector, (value, d) => {
        const { mean, std } = moments[d]!;
        return d === 0 ? 0 : (value - mean) / std;
      }),
    );
    const projected = vectors.map((vector) => Float64Array.from(basis.project(vector)));
    expect(cosines(projected)).toEqual(close(cosines(standardised), 4));
    expect(projected[7]!.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 5);
  });

  it('is the same from fewer vectors than dimensions, by the other matrix', () => {
    // Eleven vectors, each twice: the same covariance, once by either matrix.
    const narrow = made(11, 12, 3);
    const one = Basis.fit(narrow);
    const twice = Basis.fit([...narrow, ...narrow]);
    for (const vector of narrow) {
      expect([...twice.project(vector)]).toEqual(close(one.project(vector), 4));
    }
  });

  it('goes on after saving, and its name tells it from another', () => {
    const loaded = Basis.load(basis.save());
    expect(loaded.save()).toEqual(basis.save());
    expect(loaded.id).toBe(basis.id);
    expect([...loaded.project(vectors[3]!)]).toEqual([...basis.project(vectors[3]!)]);
    expect(Basis.fit(vectors.slice(1)).id).not.toBe(basis.id);
    expect(Basis.fit(vectors).id).toBe(basis.id);
  });

  it('has the mean of directions as one, and zeros of nothing', () => {
    expect([...meanDirection([], 3)]).toEqual([0, 0, 0]);
    expect([...meanDirection([Float32Array.of(3, 0), Float32Array.of(0, 4)], 2)]).toEqual(
      close([0.6, 0.8]),
    );
  });
});
