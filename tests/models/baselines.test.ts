import { describe, expect, it } from '@jest/globals';
import { MeansBaseline } from '../../models/baseline/means.ts';
import { PopularityBaseline } from '../../models/baseline/popularity.ts';
import { decodeParts, encodeParts } from '../../models/codec.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { newUser } from '../../models/user/track.ts';
import { codeOf } from '../../schemas/errors.ts';
import { madeExamples, simulatedExample } from '../support/examples.ts';

function slate(...outcomes: [itemId: string, reward: number][]) {
  return loggedExample(
    's',
    0,
    newUser('u'),
    outcomes.map(([itemId, reward]) => ({ itemId, groups: [], positive: reward >= 4, reward })),
  );
}

describe.each([
  ['popularity', (saved?: Uint8Array) => new PopularityBaseline(saved)],
  ['means', (saved?: Uint8Array) => new MeansBaseline(saved)],
])('the %s baseline', (_, make) => {
  it('goes on after loading as if never saved, and ignores simulated outcomes', () => {
    const baseline = make();
    for (const example of madeExamples(30)) baseline.learn(example);
    const bytes = baseline.save();
    const loaded = make(bytes);
    loaded.learn(simulatedExample(madeExamples(1)[0]!, 1));
    expect(Buffer.compare(loaded.save(), bytes)).toBe(0);
    for (const example of madeExamples(10, 5, 40, 9)) {
      expect([...loaded.predict(example)]).toEqual([...baseline.predict(example)]);
      baseline.learn(example);
      loaded.learn(example);
    }
    expect(Buffer.compare(loaded.save(), baseline.save())).toBe(0);
  });
});

describe('PopularityBaseline', () => {
  it('is the click rate with ten pseudo-observations of the overall rate', () => {
    const baseline = new PopularityBaseline();
    baseline.learn(slate(['a', 5], ['b', 1], ['a', 4]));
    const rate = 3 / 5; // (2 + 1) / (3 + 2)
    expect([...baseline.predict(slate(['a', 0], ['b', 0], ['c', 0]))]).toEqual([
      expect.closeTo((2 + 10 * rate) / 12),
      expect.closeTo((10 * rate) / 11),
      expect.closeTo(rate),
    ]);
  });
});

describe('MeansBaseline', () => {
  it('reads totals that were saved as sums of squares', () => {
    const baseline = new MeansBaseline();
    for (let i = 0; i < 20; i++) baseline.learn(slate(['good', 5], ['bad', 2]));
    const format = 'millrace/means-baseline/1';
    const parts = decodeParts(baseline.save(), format);
    const arrays = Object.fromEntries(
      ['users', 'items', 'calibration'].map((name) => [name, parts.f64(name)]),
    );
    const total = Float64Array.of(40, 140, 20 * (25 + 4), 0, 5);
    const old = encodeParts({ format, meta: parts.meta, arrays: { ...arrays, total } });
    const asked = slate(['good', 0], ['bad', 0], ['new', 0]);
    expect([...new MeansBaseline(old).predict(asked)]).toEqual([...baseline.predict(asked)]);
  });

  it('rises with the means of user and item', () => {
    const baseline = new MeansBaseline();
    for (let i = 0; i < 20; i++) baseline.learn(slate(['good', 5], ['bad', 2]));
    const [good, bad, unknown] = baseline.predict(slate(['good', 0], ['bad', 0], ['new', 0]));
    expect(good).toBeGreaterThan(0.8);
    expect(bad).toBeLessThan(0.2);
    expect(unknown).toBeCloseTo(0.5, 1);
  });
});

describe('the codec of parameters', () => {
  const parts = {
    format: 'test/1',
    meta: { ids: ['é', 'b'] },
    arrays: {
      odd: Float32Array.of(1, 2, 3),
      wide: Float64Array.of(0.1, Number.NEGATIVE_INFINITY),
      whole: Int32Array.of(-5),
      small: Uint16Array.of(65535, 1, 2),
      none: new Float64Array(0),
    },
  };

  it('carries arrays and meta exactly, at any offset', () => {
    const bytes = encodeParts(parts);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const back = decodeParts(shifted.subarray(3), 'test/1', ['wide']);
    expect(back.meta).toEqual(parts.meta);
    expect(back.f32('odd')).toEqual(parts.arrays.odd);
    expect(back.f64('wide')).toEqual(parts.arrays.wide);
    expect(back.i32('whole')).toEqual(parts.arrays.whole);
    expect(back.integers('small')).toEqual(parts.arrays.small);
    expect(back.integers('whole')).toEqual(parts.arrays.whole);
    expect(back.f64('none')).toHaveLength(0);
  });

  it('refuses another format, other bytes, and bytes cut short', () => {
    const bytes = encodeParts(parts);
    const read = (from: Uint8Array, format = 'test/1') => decodeParts(from, format, ['wide']);
    const attempts = [
      () => read(bytes, 'other/1'),
      () => read(new Uint8Array(3)),
      () => read(new Uint8Array(99)),
      () => read(bytes.subarray(0, 30)),
      () => read(bytes.subarray(0, bytes.length - 8)),
      () => read(bytes).f32('wide'),
    ];
    for (const attempt of attempts) {
      let code = '';
      try {
        attempt();
      } catch (error) {
        code = codeOf(error);
      }
      expect(code).toBe('parameters-unreadable');
    }
  });

  it('refuses numbers that are not finite, but where they may be infinite', () => {
    expect(() => decodeParts(encodeParts(parts), 'test/1')).toThrow(
      expect.objectContaining({ code: 'parameters-not-finite' }),
    );
  });
});
