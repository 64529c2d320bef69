import { describe, expect, it } from '@jest/globals';
import type { OursFigures, PeerFigures } from '../../bench/learn/figures.ts';
import { summarise, table } from '../../bench/learn/report.ts';
import { decisions, opening, worldOf } from '../../bench/learn/stream.ts';
import { vwExample } from '../../bench/learn/vw-text.ts';

const stream = { items: 150, users: 5, decisions: 20, seed: 3 };

const ours = (slates: number): OursFigures => ({
  coldSlatesPerSecond: slates / 2,
  slatesPerSecond: slates,
  topsPerSecond: 4 * slates,
  decodedSlatesPerSecond: slates / 2,
  decisionUs: { p50: 100, p99: 900 },
  retrievalsPerSecond: 50,
  snapshotMiB: 1,
});

const learned = (
  exploration: string,
  from: 'text' | 'cache' | 'parsed',
  form: 'top' | 'shown',
  examplesPerSecond: number,
) => ({ exploration, from, form, examplesPerSecond });

const peer = (scale: number): PeerFigures => ({
  version: '9',
  learn: [
    learned('a', 'cache', 'top', 10 * scale),
    learned('b', 'parsed', 'top', 20 * scale),
    learned('b', 'text', 'top', 500 * scale),
    learned('a', 'cache', 'shown', 400 * scale),
  ],
  decide: [
    { exploration: 'a', from: 'parsed', us: { p50: 4, p99: 10 }, cpuUs: { p50: 8, p99: 9 } },
    { exploration: 'b', from: 'parsed', us: { p50: 5, p99: 70 }, cpuUs: { p50: 5, p99: 6 } },
  ],
});

describe('the report of learning beside the peer', () => {
  const point = { stream, ours: [ours(10), ours(40), ours(20)], peer: [peer(1), peer(3), peer(2)] };

  it('takes medians, and the peer at its best, text left out', () => {
    const { peer: best, ratio } = summarise(point);
    expect(best!.top).toEqual({ setting: 'b, parsed', perSecond: 40 });
    expect(best!.topFromText!.perSecond).toBe(1000);
    expect(best!.shown!.perSecond).toBe(800);
    expect(best!.decision).toEqual({
      setting: 'b',
      us: { p50: 5, p99: 70 },
      cpuUs: { p50: 5, p99: 6 },
    });
    expect(ratio).toEqual({
      perDecision: 0.5,
      sameLabel: 2,
      perOutcome: 5,
      perOutcomeShownAlone: 0.25,
    });
  });

  it('has no ratio of one side alone', () => {
    expect(summarise({ ...point, peer: [] }).ratio).toBeUndefined();
    expect(table([summarise({ ...point, ours: [] })])).toContain('–');
  });
});

describe('the decisions of the comparison', () => {
  const world = worldOf(stream);

  it('are the same each time, with 100 candidates and 10 of them shown', () => {
    const made = [...decisions(world, stream)];
    expect([...decisions(worldOf(stream), stream)]).toEqual(made);
    expect(made).toHaveLength(20);
    for (const { items, unshown } of made) {
      const ids = [...items, ...unshown].map(({ itemId }) => itemId);
      expect([items.length, new Set(ids).size]).toEqual([10, 100]);
    }
  });

  it('come after every item was shown once', () => {
    const shown = [...opening(world, 1)].flatMap(({ items }) => items.map(({ itemId }) => itemId));
    expect(shown).toEqual(world.items.map(({ itemId }) => itemId));
  });

  it('are written for Vowpal Wabbit with one label an example', () => {
    const [made] = decisions(world, stream);
    const item = { ...made!.items[0]!, itemId: 'a b', groups: ['x|y', 'z'], similarity: 0.123456 };
    const decided = {
      ...made!,
      userId: 'u:1',
      items: [
        { ...item, reward: 0 },
        { ...item, reward: 1, propensity: 0.25, similarity: null },
      ],
      unshown: [{ itemId: 'c', groups: [], similarity: null, intent: null, features: [] }],
      state: {
        ...made!.state,
        feedbacks: 1,
        groups: [{ group: 'x|y', feedbacks: 1, positives: 1, valueSum: 1 }],
      },
    };
    expect(vwExample(decided, 1)).toBe(
      [
        'shared |u u_1 seen:0.6931 |g x_y:0.3333',
        '|i a_b |t x_y z |s near:0.1235',
        '0:-1:0.25 |i a_b |t x_y z',
        '|i c |t ',
        '',
        '',
      ].join('\n'),
    );
  });
});
