// The update of an output matrix: values by hand, gradients against finite differences, and a step that
// makes what earned more likelier.
import { describe, expect, it } from '@jest/globals';
import { Lora, OutputSoftmax, type Step } from '../../models/llm/lora.ts';
import { ascend, batchOf, type Drawn, surrogate } from '../../models/llm/lora-grpo.ts';
import { products, type Rows } from '../../models/llm/products.ts';
import { normal } from '../../models/normal.ts';
import { Random } from '../../models/random.ts';
import { gradientError } from '../support/gradients.ts';

const shape = { rank: 3, width: 5, vocabulary: 60, alpha: 6 };

function matrix(seed: number, rows = shape.vocabulary, width = shape.width): Rows {
  const random = new Random(seed);
  const values = Float64Array.from({ length: rows * width }, () => 0.5 * normal(random));
  return {
    rows,
    width,
    read: (from, to, into) => into.set(values.subarray(from * width, to * width)),
  };
}

function drawnSteps(seed: number, count: number): Step[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => ({
    state: Float64Array.from({ length: shape.width }, () => normal(random)),
    token: random.below(shape.vocabulary),
  }));
}

function moved(seed: number, vocabulary = shape.vocabulary): Lora {
  const random = new Random(seed);
  const lora = Lora.fresh({ ...shape, vocabulary }, 2, random);
  const { b } = lora;
  for (let i = 0; i < b.length; i++) b[i] = 0.3 * normal(random);
  return lora;
}

const withTheta = (theta: Float64Array) => new Lora(shape, theta);

describe('the softmax over an updated output matrix', () => {
  it('is what it is by hand', () => {
    // W = [1; 0; −1] (width 1), h = 2, A = 3, B = [0, 0.5, 0], alpha / rank = 1: z = [2, 3, −2].
    const rows: Rows = {
      rows: 3,
      width: 1,
      read: (from, to, into) => into.set([1, 0, -1].slice(from, to)),
    };
    const lora = new Lora(
      { rank: 1, width: 1, vocabulary: 3, alpha: 1 },
      Float64Array.of(3, 0, 0.5, 0),
    );
    const softmax = new OutputSoftmax(rows, [{ state: [2], token: 1 }]);
    const { logs, base, divergence } = softmax.evaluate(lora);
    const total = Math.exp(2) + Math.exp(3) + Math.exp(-2);
    const before = Math.exp(2) + 1 + Math.exp(-2);
    expect(logs[0]).toBeCloseTo(3 - Math.log(total), 12);
    expect(base[0]).toBeCloseTo(0 - Math.log(before), 12);
    // Only z₁ moved, by 3: KL = 3 p₁ − log Z + log Z₀.
    const expected = (3 * Math.exp(3)) / total - Math.log(total) + Math.log(before);
    expect(divergence).toBeCloseTo(expected, 12);
  });

  it('is flatter at a higher temperature, as by hand', () => {
    // z / T = [2, 3, −2] / 2, by the same numbers; without the update [1, 0, −1].
    const rows: Rows = {
      rows: 3,
      width: 1,
      read: (from, to, into) => into.set([1, 0, -1].slice(from, to)),
    };
    const lora = new Lora(
      { rank: 1, width: 1, vocabulary: 3, alpha: 1 },
      Float64Array.of(3, 0, 0.5, 0),
    );
    const steps = [{ state: [2], token: 1 }];
    const { logs, base } = new OutputSoftmax(rows, steps, { temperature: 2 }).evaluate(lora);
    expect(logs[0]).toBeCloseTo(1.5 - Math.log(Math.exp(1) + Math.exp(1.5) + Math.exp(-1)), 12);
    expect(base[0]).toBeCloseTo(-Math.log(Math.exp(1) + 1 + Math.exp(-1)), 12);
  });

  it('changes nothing while it is fresh', () => {
    const lora = Lora.fresh(shape, 2, new Random(1));
    const { logs, base, divergence } = new OutputSoftmax(matrix(2), drawnSteps(3, 4)).evaluate(
      lora,
    );
    expect(logs).toEqual(base);
    expect(divergence).toBeCloseTo(0, 12);
  });

  it('has the gradient of finite differences, by A and by B', () => {
    const lora = moved(4);
    const slopes = [0.7, -1.1, 0.2];
    const softmax = new OutputSoftmax(matrix(5), drawnSteps(6, 3), { temperature: 0.7 });
    const gradient = new Float64Array(lora.theta.length);
    softmax.addGradient(lora, slopes, gradient);
    const value = (theta: Float64Array) =>
      softmax.evaluate(withTheta(theta)).logs.reduce((sum, log, t) => sum + log * slopes[t]!, 0);
    expect(gradientError(value, lora.theta, gradient)).toBeLessThan(1e-7);
    expect(gradient.subarray(0, 15).every((g) => g !== 0)).toBe(true);
  });

  it('is the same whether W h is kept or not, in blocks of rows', () => {
    const [lora, rows, steps] = [moved(7, 600), matrix(8, 600), drawnSteps(9, 7)];
    const [kept, anew] = [512, 2].map((most) => {
      const gradient = new Float64Array(lora.theta.length);
      const softmax = new OutputSoftmax(rows, steps, { most });
      return { ...softmax.addGradient(lora, [1, 2, 3, 4, 5, 6, 7], gradient), gradient };
    });
    expect(anew).toEqual(kept);
  });
});

describe('an update that is blind to what all states share', () => {
  it('sees a state less their mean, in dimensions of one size, with entries of one size', () => {
    const random = new Random(3);
    const huge = [0, 400, 0, -90, 0];
    const sizes = [1, 30, 0.2, 1, 1];
    const states = Array.from({ length: 200 }, () =>
      huge.map((shared, i) => shared + sizes[i]! * normal(random)),
    );
    const wide = { ...shape, rank: 40 };
    const { a, b, rank, width } = Lora.across(wide, states, new Random(5));
    expect(b.every((value) => value === 0)).toBe(true);
    for (let k = 0; k < rank; k++) {
      const u = states.map((state) => state.reduce((sum, x, i) => sum + a[k * width + i]! * x, 0));
      const mean = u.reduce((sum, x) => sum + x, 0) / u.length;
      expect(Math.abs(mean)).toBeLessThan(1e-9);
      expect(u.reduce((sum, x) => sum + x * x, 0) / u.length).toBeCloseTo(1, 9);
    }
    // Of dimensions without a share in the mean none is louder for being larger.
    const loudness = [0, 2, 4].map((i) =>
      Math.hypot(...Array.from({ length: rank }, (_, k) => a[k * width + i]! * sizes[i]!)),
    );
    expect(Math.max(...loudness) / Math.min(...loudness)).toBeLessThan(2);
  });
});

describe('products of a matrix with vectors', () => {
  it('are the same alone and together, odd rows and vectors left over too', () => {
    const rows = matrix(11, 2 * 256 + 3);
    const vectors = drawnSteps(12, 6).map(({ state }) => Float64Array.from(state));
    const together = products(rows, vectors);
    const all = new Float64Array(rows.rows * rows.width);
    rows.read(0, rows.rows, all);
    for (const [v, vector] of vectors.entries()) {
      expect(together[v]).toEqual(products(rows, [vector])[0]);
      const expected = Float32Array.from({ length: rows.rows }, (_, row) =>
        vector.reduce((sum, x, i) => sum + x * all[row * rows.width + i]!, 0),
      );
      expect(together[v]).toEqual(expected);
    }
  });
});

describe('a step of GRPO on drawn texts', () => {
  const groups = (seed: number): Drawn[][] =>
    [0, 1].map((g) =>
      [1, 0, 0.5].map((reward, i) => ({ reward, steps: drawnSteps(seed + 10 * g + i, 4 + i) })),
    );

  it('has the gradient of finite differences, with the clip and the divergence at work', () => {
    const [before, after] = [moved(1), moved(1)];
    const random = new Random(2);
    for (let i = 0; i < after.theta.length; i++) after.theta[i]! += 0.2 * normal(random);
    const batch = batchOf(groups(3));
    const softmax = new OutputSoftmax(matrix(4), batch.steps);
    const proximal = softmax.evaluate(before).logs;
    const options = { clip: 0.2, beta: 0.3 };
    const { gradient } = surrogate(after, softmax, batch, proximal, options);
    const ratios = softmax.evaluate(after).logs.map((log, t) => Math.exp(log - proximal[t]!));
    const held = Array.from(ratios, (ratio, t) =>
      batch.advantages[t]! > 0 ? ratio > 1.2 : ratio < 0.8,
    );
    expect(new Set(held)).toEqual(new Set([true, false]));
    const value = (theta: Float64Array) =>
      surrogate(withTheta(theta), softmax, batch, proximal, options).value;
    expect(gradientError(value, after.theta, gradient)).toBeLessThan(1e-6);
  });

  it('gives each text the same weight, and its advantage by hand', () => {
    const { advantages, shares, texts } = batchOf([
      [
        { reward: 1, steps: drawnSteps(1, 1) },
        { reward: 0, steps: drawnSteps(2, 2) },
      ],
      [{ reward: 1, steps: drawnSteps(3, 3) }], // alone: it says nothing
    ]);
    expect(texts).toBe(2);
    expect(advantages).toEqual([1, -1, -1]);
    expect(shares).toEqual([0.5, 0.25, 0.25]);
  });

  it('makes what earned more likelier, and what earned less less so', () => {
    const lora = Lora.fresh(shape, 2, new Random(1));
    const [rows, drawn] = [matrix(5), groups(6)];
    const sumOf = (text: Drawn) =>
      new OutputSoftmax(rows, text.steps).evaluate(lora).logs.reduce((sum, log) => sum + log, 0);
    const before = drawn.flat().map(sumOf);
    expect(ascend(lora, rows, drawn).used).toBe(4); // the middle ones earn the mean
    const after = drawn.flat().map(sumOf);
    for (const best of [0, 3]) expect(after[best]).toBeGreaterThan(before[best]!);
    for (const worst of [1, 4]) expect(after[worst]).toBeLessThan(before[worst]!);
  });

  it('stays where it is among equals', () => {
    const lora = moved(1);
    const theta = lora.theta.slice();
    const equal = groups(6).map((group) => group.map((text) => ({ ...text, reward: 1 })));
    expect(ascend(lora, matrix(5), equal)).toEqual({ used: 0, divergence: 0 });
    expect(lora.theta).toEqual(theta);
  });
});
