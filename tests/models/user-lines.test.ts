// The line of a user against the closed form of Bayesian linear regression.
import { describe, expect, it } from '@jest/globals';
import { UserLines } from '../../models/bandit/millrace/user-lines.ts';

describe('UserLines', () => {
  it('knows nothing of a user never seen', () => {
    expect(new UserLines().predict(7, 1, 1, 1)).toBe(0);
  });

  it('takes one step, worked out by hand', () => {
    const lines = new UserLines();
    // x = (1, 2 · 0.5, 2 · 0.35 − 0.7, 1) = (1, 1, 0, 1); Cx = (.3, .15, 0, .15); xᵀCx + 1 = 1.6.
    lines.learn(7, 0.5, 0.35, 1, 1.3);
    // Error 1.3 − 0.5 = 0.8, so w = 0.5 · Cx, and wᵀx = 0.5 · 0.6.
    expect(lines.predict(7, 0.5, 0.35, 1)).toBeCloseTo(0.3, 6);
    expect(lines.predict(7, 0, 0.35, 0)).toBeCloseTo(0.15, 6);
    expect(lines.predict(8, 0.5, 0.35, 1)).toBe(0);
  });

  it('agrees with the posterior mean over many values, whatever their order', () => {
    // Inputs (1, a, 0, 0), so w₂ and w₃ stay 0: the mean is (XᵀX + Λ)⁻¹ Xᵀy with Λ = (1/.3, 1/.15).
    const data = Array.from({ length: 40 }, (_, i) => {
      const residual = Math.sin(i) / 2;
      return { residual, value: residual + 0.4 - 0.6 * residual + 0.1 * Math.cos(3 * i) };
    });
    const [forth, back] = [new UserLines(), new UserLines()];
    for (const { residual, value } of data) forth.learn(1, residual, 0.35, 0, value);
    for (const { residual, value } of data.toReversed()) back.learn(1, residual, 0.35, 0, value);
    let [n, a, aa, y, ay] = [1 / 0.3, 0, 1 / 0.15, 0, 0];
    for (const { residual, value } of data) {
      const x = 2 * residual;
      n += 1;
      a += x;
      aa += x * x;
      y += value - residual;
      ay += x * (value - residual);
    }
    const determinant = n * aa - a * a;
    const [bias, slope] = [(aa * y - a * ay) / determinant, (n * ay - a * y) / determinant];
    for (const lines of [forth, back]) {
      expect(lines.predict(1, 0, 0.35, 0)).toBeCloseTo(bias, 4);
      expect(lines.predict(1, 0.5, 0.35, 0)).toBeCloseTo(bias + slope, 4);
    }
  });
});
