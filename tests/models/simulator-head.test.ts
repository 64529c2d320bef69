import { describe, expect, it } from '@jest/globals';
import { decodeParts, encodeParts } from '../../models/codec.ts';
import { auc, aucError } from '../../models/metrics/auc.ts';
import { Random } from '../../models/random.ts';
import { BinnedAuc } from '../../models/reward/binned-auc.ts';
import {
  LEAST_AUC,
  MOST_CALIBRATION_ERROR,
  SimulatorHead,
  type SimulatorInput,
} from '../../models/reward/simulator-head.ts';
import { codeOf } from '../../schemas/errors.ts';

const blank: SimulatorInput = {
  similarity: null,
  pmi: null,
  userFeedbacks: 0,
  userPositives: 0,
  itemImpressions: 0,
  itemPositives: 0,
  taste: 0,
  mood: 0,
  sessionFeedbacks: 0,
  userImpressions: 0,
};

/** Users click by similarity and pmi alone: P = sigmoid(3 similarity + pmi / 10). */
function* stream(n: number, seed = 2): Generator<[SimulatorInput, boolean]> {
  const random = new Random(seed);
  for (let i = 0; i < n; i++) {
    const similarity = random.next() * 2 - 1;
    const pmi = random.next() * 40 - 20;
    const p = 1 / (1 + Math.exp(-(3 * similarity + pmi / 10)));
    yield [{ ...blank, similarity, pmi }, random.next() < p];
  }
}

describe('SimulatorHead', () => {
  it('learns which signals count, and says how far it can be believed', () => {
    const head = new SimulatorHead();
    const predictions: number[] = [];
    const labels: boolean[] = [];
    expect(head.fidelity().weight).toBe(0);
    for (const [input, positive] of stream(3000)) {
      predictions.push(head.learn(input, positive));
      labels.push(positive);
    }
    const truth = auc(predictions, labels);
    expect(truth).toBeGreaterThan(0.8);
    expect(head.auc()).toBeCloseTo(truth, 1);
    expect(head.fidelity().weight).toBeGreaterThan(0.55);
    // Calibrated: the true probability at similarity 0.5, pmi 5 is sigmoid(2) = 0.881.
    expect(head.predict({ ...blank, similarity: 0.5, pmi: 5 })).toBeCloseTo(0.881, 1);
  });

  it('does not believe itself on noise', () => {
    const head = new SimulatorHead();
    const random = new Random(4);
    for (const [input] of stream(3000)) head.learn(input, random.next() < 0.4);
    expect(head.fidelity().weight).toBe(0);
    // It knows how often people click, and no more.
    for (const [input] of stream(20, 9))
      expect(Math.abs(head.predict(input) - 0.4)).toBeLessThan(0.1);
  });

  it('has no weight where it is not calibrated, however well it ranks', () => {
    const head = new SimulatorHead();
    for (const [input, positive] of stream(1000)) head.learn(input, positive);
    const before = head.fidelity();
    expect(before.weight).toBeGreaterThan(0.5);
    expect(before.weight).toBeLessThan(2 * before.auc - 1);
    expect(before.lower).toBeLessThan(before.auc);
    // The same outcomes in the same order of predictions, each half of what it was.
    const format = 'millrace/simulator-head/3';
    const parts = decodeParts(head.save(), format);
    const names = ['weights', 'squares', 'moments', 'counts', 'positives', 'negatives'];
    const arrays = Object.fromEntries(names.map((name) => [name, parts.f64(name)]));
    for (const name of ['positives', 'negatives']) {
      const halved = new Float64Array(200);
      for (const [b, count] of arrays[name]!.entries()) halved[b >> 1]! += count;
      arrays[name] = halved;
    }
    const after = SimulatorHead.load(encodeParts({ format, meta: null, arrays })).fidelity();
    expect(after.auc).toBeCloseTo(before.auc, 2);
    expect(after.lower).toBeGreaterThan(LEAST_AUC);
    expect(after.calibrationError).toBeGreaterThan(MOST_CALIBRATION_ERROR);
    expect(after.weight).toBe(0);
  });

  it('starts from the rates of user and item', () => {
    const head = new SimulatorHead();
    const liked = { ...blank, itemImpressions: 50, itemPositives: 45 };
    expect(head.predict(liked)).toBeGreaterThan(head.predict(blank));
  });

  it('predicts without learning, and goes on after loading as if never saved', () => {
    const head = new SimulatorHead();
    for (const [input, positive] of stream(200)) head.learn(input, positive);
    const bytes = head.save();
    const loaded = SimulatorHead.load(bytes);
    loaded.predict(blank);
    expect(Buffer.compare(loaded.save(), bytes)).toBe(0);
    for (const [input, positive] of stream(100, 8)) {
      expect(loaded.learn(input, positive)).toBe(head.learn(input, positive));
    }
    expect(Buffer.compare(loaded.save(), head.save())).toBe(0);
    expect(loaded.count).toBe(300);
  });

  it('refuses bytes of something else', () => {
    let code = '';
    try {
      SimulatorHead.load(new Uint8Array(40));
    } catch (error) {
      code = codeOf(error);
    }
    expect(code).toBe('parameters-unreadable');
  });
});

describe('BinnedAuc', () => {
  it('knows how far probabilities are from what happens, and how sure its AUC is', () => {
    const binned = new BinnedAuc(1e12);
    expect(binned.calibration()).toEqual({ error: 0, noise: 0 });
    expect(binned.error()).toBe(Number.POSITIVE_INFINITY);
    // .1025 for 40 of which 10 happen, .8025 for 60 of which 30: gaps .1475 and .3025 in the middle of bins.
    for (let i = 0; i < 40; i++) binned.add(0.1025, i < 10);
    for (let i = 0; i < 60; i++) binned.add(0.8025, i < 30);
    const { error, noise } = binned.calibration();
    expect(error).toBeCloseTo(0.4 * 0.1475 + 0.6 * 0.3025, 9);
    const chance = (n: number, p: number) => Math.sqrt((2 * p * (1 - p)) / (Math.PI * n));
    expect(noise).toBeCloseTo(0.4 * chance(40, 0.1025) + 0.6 * chance(60, 0.8025), 9);
    expect(binned.error()).toBeCloseTo(aucError(binned.value(), 40, 60), 9);
  });

  it('counts pairs by bin, ties half', () => {
    const binned = new BinnedAuc(1e12);
    for (const [p, positive] of [
      [0.9, true],
      [0.5, true],
      [0.5, false],
      [0.4, false],
    ] as const) {
      binned.add(p, positive);
    }
    expect(binned.value()).toBeCloseTo(3.5 / 4, 9);
    expect(binned.support).toBeCloseTo(2, 9);
  });
});
