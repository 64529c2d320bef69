// The parts of the blend for held-out items, by hand.
import { describe, expect, it } from '@jest/globals';
import { Random } from '../../models/random.ts';
import { Blend, type Column } from '../../models/sequence/held-out/blend.ts';
import { Factors } from '../../models/sequence/held-out/factors.ts';
import { historyColumns } from '../../models/sequence/held-out/history-columns.ts';
import { learnWeights } from '../../models/sequence/held-out/learn-weights.ts';
import { SequenceNeighbours } from '../../models/sequence/held-out/neighbours.ts';
import { Pairs } from '../../models/sequence/held-out/pairs.ts';
import { TextVectors } from '../../models/sequence/held-out/text-columns.ts';
import { Timelines } from '../../models/sequence/held-out/timelines.ts';

describe('pairs', () => {
  it('weigh 1/d forward and half of it backward, over √ of both totals with 5 added', () => {
    const pairs = new Pairs(
      [
        [0, 1, 2],
        [0, 2],
      ],
      3,
      { window: 9, falloff: 1, forward: 1, backward: 0.5 },
    );
    const row = (item: number) => {
      const column = new Float64Array(3);
      pairs.addRow(item, 1, column);
      return [...column];
    };
    // 0 → 2 at distances 2 and 1; totals are 2, 1 and 2.
    expect(row(0)[1]).toBeCloseTo(1 / Math.sqrt(7 * 6), 12);
    expect(row(0)[2]).toBeCloseTo(1.5 / Math.sqrt(7 * 7), 12);
    expect(row(2)[0]).toBeCloseTo(0.75 / Math.sqrt(7 * 7), 12);
    const column = new Float64Array(3);
    pairs.fill(column, [0, 1], 0.5);
    expect(column[2]).toBeCloseTo(1 / Math.sqrt(6 * 7) + 0.5 * (1.5 / 7), 12);
  });
});

describe('timelines', () => {
  it('join histories that go on where the one before ended', () => {
    const timelines = new Timelines();
    timelines.add('u', [1, 2]);
    timelines.add('v', [7]);
    timelines.add('u', [1, 2, 3]);
    timelines.add('u', [2, 3, 4]); // cut off at the front
    timelines.add('u', [9]); // a gap
    timelines.add('u', [9]); // known already
    expect(timelines.sequences).toEqual([[1, 2, 3, 4, 9], [7]]);
    expect([timelines.own('u'), timelines.own('v'), timelines.own('w')]).toEqual([0, 1, -1]);
  });
});

describe('histories alike', () => {
  it('say what came in those that share items, but for the own one', () => {
    const neighbours = new SequenceNeighbours(
      [
        [0, 1],
        [0, 2],
        [3, 4],
      ],
      5,
    );
    const column = new Float64Array(5);
    neighbours.fill(column, [0], 0);
    const weight = Math.log(1 + 3 / 3) / Math.sqrt(2);
    expect([...column].map((value) => Number(value.toFixed(12)))).toEqual(
      [weight, 0, weight, 0, 0].map((value) => Number(value.toFixed(12))),
    );
  });
});

describe('vectors', () => {
  it('put two items together that came near the same others, though nobody had both', () => {
    const sequences = Array.from({ length: 20 }, (_, i) => (i % 2 ? [0, 1, 2] : [0, 1, 3]));
    sequences.push([4, 5], [4, 5]);
    const pairs = new Pairs(sequences, 6, { window: 5, falloff: 0, forward: 1, backward: 1 });
    const column = new Float64Array(6);
    new Factors(pairs, 6, 2).fill(column, [2], 1);
    expect(column[3]).toBeGreaterThan(10 * Math.abs(column[5]!));
  });
});

describe('texts', () => {
  it('are alike by rare words', () => {
    const text = (title: string) => ({ title, description: '', brand: '' });
    const vectors = new TextVectors(
      ['steel screw', 'steel bolt', 'brass screw', 'steel washer'].map(text),
    );
    const column = new Float64Array(4);
    vectors.fill(column, [0], 1);
    expect(column[0]).toBeCloseTo(1, 12);
    // `screw` is in two of four texts, `steel` in three.
    expect(column[2]).toBeGreaterThan(column[1]!);
    expect(vectors.neighbours(1)[0]![0]!.row).toBe(2);
  });
});

describe('a blend', () => {
  const at = (name: string, offset: number): Column<number> => ({
    name,
    start: 0,
    fill: (column, query) => {
      column[(query + offset) % 4] = 1;
    },
  });
  const columns = [at('right', 0), at('wrong', 1)];

  it('learns which column tells the target, and ranks no item that is no candidate', () => {
    const blend = new Blend(columns, 4);
    for (let i = 0; i < 200; i++) blend.learn(i % 4, i % 4, []);
    expect(blend.weights.right).toBeGreaterThan(0.5);
    expect(blend.weights.wrong).toBeLessThan(0);
    expect(blend.over(columns).weights).toEqual(blend.weights);
    const scores = blend.scores(1, [3]);
    expect(scores[3]).toBe(Number.NEGATIVE_INFINITY);
    expect(scores[1]).toBe(Math.max(...scores));
  });

  it('of histories learns a rule, and is the same with the same seed', () => {
    const random = new Random(2);
    // After an even item comes the odd one above it.
    const sequences = Array.from({ length: 120 }, () => {
      const item = 2 * random.below(10);
      return [2 * random.below(10), item, item + 1, 2 * random.below(10)];
    });
    const heldOut = sequences.map((one, own) => {
      return { moment: { history: one.slice(0, 2), own }, target: one[2]!, seen: one.slice(0, 2) };
    });
    const learn = () => learnWeights(historyColumns(sequences, 20), 20, heldOut, { seed: 1 });
    const blend = learn();
    const hits = heldOut.filter(({ moment, target, seen }) => {
      const scores = blend.scores(moment, seen);
      return scores[target] === Math.max(...scores);
    });
    expect(hits.length).toBeGreaterThan(0.8 * heldOut.length);
    expect(learn().weights).toEqual(blend.weights);
  });
});
