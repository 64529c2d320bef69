// Gradients of the models that take AdaGrad steps, read off the sums of squares, against finite differences.
import { describe, expect, it } from '@jest/globals';
import { type DecodedParts, decodeParts, encodeParts } from '../../../models/codec.ts';
import { SimulatorHead, type SimulatorInput } from '../../../models/reward/simulator-head.ts';
import { NextItem } from '../../../models/sequence/next-item.ts';
import { gradientError } from '../../support/gradients.ts';

/** g from Δ Σ g² and the sign of the step, which is against it. */
function gradientsOf(
  weights: readonly [before: Float64Array, after: Float64Array],
  squares: readonly [before: Float64Array, after: Float64Array],
): Float64Array {
  return weights[0].map((before, i) => {
    const size = Math.sqrt(squares[1][i]! - squares[0][i]!);
    return Math.sign(before - weights[1][i]!) * size;
  });
}

describe('gradients against finite differences', () => {
  it('of the next item: the log-likelihood of what was liked', () => {
    const next = new NextItem();
    for (let user = 0; user < 9; user++) {
      for (let step = 0; step < 8; step++) {
        next.learn(`u${user}`, user + step, step % 3 !== 1);
        next.learn(`v${user}`, (user * step) % 16, step % 2 === 0);
      }
    }
    const liked = [10, 13].map((item) => ({ itemId: `i${item}`, item }));
    const start = next.logit.weights.slice();
    const loss = (weights: Float64Array) => {
      next.logit.weights.set(weights);
      const { scores, targets } = next.choiceSet('u2', liked)!;
      expect(targets).toHaveLength(2);
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      return targets.reduce((sum, { item }) => sum + Math.log(total) - scores[item]!, 0);
    };
    const squares = next.logit.squares.slice();
    next.learnWeights(next.choiceSet('u2', liked)!);
    const gradient = gradientsOf(
      [start, next.logit.weights.slice()],
      [squares, next.logit.squares.slice()],
    );
    expect(gradientError(loss, start, gradient)).toBeLessThan(1e-6);
  });

  it("of the simulator's head: its log loss", () => {
    const head = new SimulatorHead();
    const input = (i: number): SimulatorInput => ({
      similarity: Math.sin(i),
      pmi: 10 * Math.cos(2 * i),
      userFeedbacks: 5 + (i % 7),
      userPositives: i % 5,
      itemImpressions: 9 + (i % 4),
      itemPositives: i % 9,
      taste: Math.sin(3 * i),
      mood: Math.cos(5 * i) / 2,
      sessionFeedbacks: i % 3,
      userImpressions: i % 11,
    });
    for (let i = 0; i < 200; i++) head.learn(input(i), Math.sin(i) + Math.cos(2 * i) > 0.2);
    const before = new Saved(head.save());
    const probe = input(777);
    const loss = (weights: Float64Array) =>
      -Math.log(1 - SimulatorHead.load(before.with(weights)).predict(probe));
    head.learn(probe, false);
    const after = new Saved(head.save());
    const gradient = gradientsOf([before.weights, after.weights], [before.squares, after.squares]);
    expect(gradientError(loss, before.weights, gradient)).toBeLessThan(1e-6);
  });
});

/** The bytes of a head, with its weights in reach. */
class Saved {
  readonly #parts: DecodedParts;

  constructor(bytes: Uint8Array) {
    this.#parts = decodeParts(bytes, FORMAT);
  }

  get weights(): Float64Array {
    return this.#parts.f64('weights');
  }

  get squares(): Float64Array {
    return this.#parts.f64('squares');
  }

  with(weights: Float64Array): Uint8Array {
    const names = ['squares', 'moments', 'counts', 'positives', 'negatives'];
    const others = Object.fromEntries(names.map((name) => [name, this.#parts.f64(name)]));
    return encodeParts({ format: FORMAT, meta: null, arrays: { weights, ...others } });
  }
}
const FORMAT = 'millrace/simulator-head/3';
