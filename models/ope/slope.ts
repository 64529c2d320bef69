// Choosing a hyperparameter from the log: the most biased one whose bias does not show yet.
import { normalQuantile } from './normal.ts';
import { estimateOf, influenceOf, type Terms, variance } from './rounds.ts';

export interface Choice<P> {
  readonly parameter: P;
  readonly terms: Terms;
  readonly value: number;
}

const SECOND = Math.sqrt(6) - 1;

/**
 * SLOPE (Su, Srinath & Krishnamurthy 2020, in the form of Tucker & Lee 2021): candidates from the
 * least biased to the most, the first one trusted; goes on while the value θ of each next one is
 * consistent with all before, |θᵢ − θⱼ| ≤ cᵢ + (√6 − 1) cⱼ, and stops at the first that is not. The
 * half-widths c are normal, at `confidence` for all candidates together.
 * @param parameters not empty
 */
export function slope<P>(
  parameters: readonly P[],
  estimate: (parameter: P) => Terms,
  confidence = 0.95,
): Choice<P> {
  const z = normalQuantile(1 - (1 - confidence) / (2 * parameters.length));
  const kept: { value: number; width: number }[] = [];
  let choice: Choice<P> | undefined;
  for (const parameter of parameters) {
    const made = estimate(parameter);
    const value = estimateOf(made);
    const width = z * Math.sqrt(variance(influenceOf(made)) / made.direct.length);
    const consistent = kept.every(
      (before) => Math.abs(value - before.value) <= width + SECOND * before.width,
    );
    if (!consistent) break;
    kept.push({ value, width });
    choice = { parameter, terms: made, value };
  }
  return choice!;
}
