import { describe, expect, it } from '@jest/globals';
import { normal } from '../../../models/normal.ts';
import { Random } from '../../../models/random.ts';
import { dot } from '../../../models/retrieval/dot.ts';
import { Heap } from '../../../models/retrieval/heap.ts';
import { Hnsw } from '../../../models/retrieval/hnsw.ts';

const WIDTH = 12;

function drawn(random: Random): Float32Array {
  const vector = Float32Array.from({ length: WIDTH }, () => normal(random));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function made(n: number, seed: number) {
  const random = new Random(seed);
  const rows = { width: WIDTH, values: new Float32Array(n * WIDTH) };
  for (let row = 0; row < n; row++) rows.values.set(drawn(random), row * WIDTH);
  const graph = new Hnsw(rows);
  for (let row = 0; row < n; row++) graph.add(row);
  const queries = Array.from({ length: 30 }, () => drawn(random));
  return { rows, graph, queries };
}

function cosine(a: Float32Array, values: Float32Array, row: number): number {
  let sum = 0;
  for (let d = 0; d < WIDTH; d++) sum += a[d]! * values[row * WIDTH + d]!;
  return sum;
}

function exact(query: Float32Array, values: Float32Array, n: number): number[] {
  const scores = Array.from({ length: values.length / WIDTH }, (_, row) =>
    cosine(query, values, row),
  );
  return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, n);
}

function recall({ rows, graph, queries }: ReturnType<typeof made>, n: number): number {
  let found = 0;
  for (const query of queries) {
    const truth = new Set(exact(query, rows.values, n));
    for (const { row } of graph.search(query, n, 100)) if (truth.has(row)) found += 1;
  }
  return found / (n * queries.length);
}

describe('a graph of nearest rows', () => {
  it('finds nearly all of the nearest, nearest first', () => {
    const all = made(2000, 1);
    expect(recall(all, 10)).toBeGreaterThan(0.98);
    const found = all.graph.search(all.queries[0]!, 10, 100);
    expect(found).toHaveLength(10);
    expect(found.map(({ score }) => score)).toEqual(
      found.map(({ score }) => score).toSorted((a, b) => b - a),
    );
    for (const { row, score } of found) {
      expect(score).toBeCloseTo(cosine(all.queries[0]!, all.rows.values, row), 5);
    }
  });

  it('finds all there is of a few, and nothing in none', () => {
    const { graph, rows, queries } = made(8, 2);
    const found = graph.search(queries[0]!, 20, 20).map(({ row }) => row);
    expect(found).toEqual(exact(queries[0]!, rows.values, 8));
    expect(new Hnsw(rows).search(queries[0]!, 3, 10)).toEqual([]);
  });

  it('is a function of the vectors and their order', () => {
    const [one, other] = [made(500, 3), made(500, 3)];
    for (const query of one.queries) {
      expect(one.graph.search(query, 10, 20)).toEqual(other.graph.search(query, 10, 20));
    }
  });

  it('finds rows at their new places once they are added again', () => {
    const all = made(1000, 4);
    const random = new Random(99);
    for (let row = 0; row < 1000; row += 4) {
      all.rows.values.set(drawn(random), row * WIDTH);
      all.graph.add(row);
    }
    expect(all.graph.size).toBe(1000);
    expect(recall(all, 10)).toBeGreaterThan(0.97);
  });

  it('keeps many equal vectors apart', () => {
    const values = new Float32Array(200 * WIDTH);
    for (let row = 0; row < 200; row++) values[row * WIDTH + (row % 2)] = 1;
    const graph = new Hnsw({ width: WIDTH, values });
    for (let row = 0; row < 200; row++) graph.add(row);
    const found = graph.search(values.slice(WIDTH, 2 * WIDTH), 10, 50);
    expect(new Set(found.map(({ row }) => row)).size).toBe(10);
    expect(found.every(({ row, score }) => row % 2 === 1 && score === 1)).toBe(true);
  });
});

describe('a heap of rows', () => {
  it('keeps the best, ties by the lower row', () => {
    const heap = new Heap();
    const offered = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    for (const [row, score] of offered.entries()) heap.offer(score, row, 4);
    expect(heap.drain()).toEqual([
      { row: 5, score: 9 },
      { row: 7, score: 6 },
      { row: 4, score: 5 },
      { row: 8, score: 5 },
    ]);
    for (const row of [2, 0, 1]) heap.offer(7, row, 2);
    expect(heap.drain().map(({ row }) => row)).toEqual([0, 1]);
  });

  it('sorts as many as are pushed', () => {
    const heap = new Heap();
    const random = new Random(5);
    const scores = Array.from({ length: 300 }, () => random.below(50));
    for (const [row, score] of scores.entries()) heap.push(score, row);
    expect(heap.drain().map(({ score }) => score)).toEqual(scores.toSorted((a, b) => b - a));
  });
});

describe('an inner product', () => {
  it('takes any width, from anywhere', () => {
    const a = Float32Array.of(9, 1, 2, 3, 4, 5, 6);
    const b = Float32Array.of(9, 9, 1, 10, 100, 1000, 10_000, 100_000);
    expect(dot(a, 1, b, 2, 6)).toBe(654_321);
    expect(dot(a, 1, b, 2, 3)).toBe(321);
    expect(dot(a, 1, b, 2, 0)).toBe(0);
  });
});
