import { describe, expect, it } from '@jest/globals';
import { machineGradient, machineLogit } from '../../../models/bandit/factorization/machine.ts';
import { AdagradTable, FACTORS, FtrlTable } from '../../../models/bandit/factorization/tables.ts';
import { normal } from '../../../models/normal.ts';
import { Random } from '../../../models/random.ts';
import { gradientError } from '../../support/gradients.ts';

const x = [1, 0.5, -2, 0.7];
const width = 3;
const random = new Random(8);
const rows = Float64Array.from({ length: x.length * (width + 1) }, () => normal(random));

describe('the factorization machine', () => {
  it('adds weights and the products of all pairs of factors', () => {
    let z = 0;
    for (let i = 0; i < x.length; i++) {
      z += rows[i * 4]! * x[i]!;
      for (let j = i + 1; j < x.length; j++) {
        for (let f = 1; f <= width; f++) z += rows[i * 4 + f]! * rows[j * 4 + f]! * x[i]! * x[j]!;
      }
    }
    expect(machineLogit({ rows, x, width })).toBeCloseTo(z, 12);
  });

  it('has the gradient of finite differences', () => {
    const gradient = machineGradient({ rows, x, width });
    const f = (at: Float64Array) => machineLogit({ rows: at, x, width });
    expect(gradientError(f, rows, gradient)).toBeLessThan(1e-6);
    // As does the loss that is learned from, through the sigmoid.
    const p = 1 / (1 + Math.exp(-f(rows)));
    const loss = (at: Float64Array) => Math.log1p(Math.exp(-f(at)));
    const ofLoss = gradient.map((g) => (p - 1) * g);
    expect(gradientError(loss, rows, ofLoss)).toBeLessThan(1e-6);
  });
});

describe('tables of parameters', () => {
  const stride = FACTORS + 1;
  const rowOf = (table: AdagradTable | FtrlTable, hash: number) => {
    const row = new Float64Array(stride);
    table.read(hash, row, 0);
    return row;
  };
  const step = (table: AdagradTable | FtrlTable, g: number) => {
    const gradient = new Float64Array(stride);
    gradient[0] = g;
    table.step(7, gradient, 0);
    return rowOf(table, 7)[0]!;
  };

  it('start the same everywhere: no weight, and small factors that differ', () => {
    const row = rowOf(new AdagradTable(), 3);
    expect(row).toEqual(rowOf(new FtrlTable(), 3));
    expect(row[0]).toBe(0);
    expect(new Set(row).size).toBe(stride);
    expect(row.every((value) => Math.abs(value) <= 0.05)).toBe(true);
  });

  it('step by AdaGrad: the second of two equal steps is 1 / √2 of the first', () => {
    const table = new AdagradTable(0.1);
    const first = step(table, 2);
    expect(first).toBeCloseTo(-0.2 / Math.sqrt(4.001), 6);
    expect(step(table, 2) - first).toBeCloseTo(-0.2 / Math.sqrt(8.001), 6);
  });

  it('step by FTRL-proximal, worked out by hand', () => {
    const table = new FtrlTable({ alpha: 0.5, beta: 1, l1: 0.1, l2: 0.2 });
    // z = 2, n = 4: −(2 − 0.1) / ((1 + 2) / 0.5 + 0.2)
    const first = step(table, 2);
    expect(first).toBeCloseTo(-1.9 / 6.2, 6);
    // σ = (√5 − 2) / 0.5, z = 2 + 1 − σ · first, n = 5
    const z = 3 - ((Math.sqrt(5) - 2) / 0.5) * first;
    expect(step(table, 1)).toBeCloseTo(-(z - 0.1) / ((1 + Math.sqrt(5)) / 0.5 + 0.2), 6);
  });

  it('keep at 0 by FTRL what says too little', () => {
    const table = new FtrlTable({ l1: 0.5 });
    expect(step(table, 0.3)).toBe(0);
    expect(step(table, 0.1)).toBe(0);
    expect(step(table, 0.4)).toBeLessThan(0);
  });
});
