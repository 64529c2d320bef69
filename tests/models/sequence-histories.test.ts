// The rankers of histories: their columns by hand, and that they learn.
import { describe, expect, it } from '@jest/globals';
import { Random } from '../../models/random.ts';
import { AllVisits, kilometres } from '../../models/sequence/all-visits.ts';
import { HistoryRanker } from '../../models/sequence/history-ranker.ts';
import { HistorySoftmax } from '../../models/sequence/history-softmax.ts';
import { NegativeSample } from '../../models/sequence/negative-sample.ts';
import { fillOwn, OWN } from '../../models/sequence/own-visits.ts';
import { TimedPopularity } from '../../models/sequence/timed-popularity.ts';
import { VisitRanker } from '../../models/sequence/visit-ranker.ts';
import { hoursApart, weekdayOf } from '../../models/sequence/visits.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Users who walk a circle of ten items, from any of them. */
const circle = Array.from({ length: 200 }, (_, u) =>
  Array.from({ length: 5 }, (_, i) => (3 * u + i) % 10),
);
const best = (scores: ArrayLike<number>) =>
  Array.from(scores).reduce((top, score, i) => (score > scores[top]! ? i : top), 0);

describe('vectors of a history', () => {
  it.each([0, 5])('learn what comes next, against a sample of %d', (sample) => {
    const model = HistorySoftmax.fit(circle, 10, 1, { width: 16, sample });
    for (let item = 0; item < 10; item++) {
      const history = [(item + 9) % 10, item];
      // What is in the history is no candidate.
      const scores = Float64Array.from(model.scores(history), (score, i) =>
        history.includes(i) ? Number.NEGATIVE_INFINITY : score,
      );
      expect(best(scores)).toBe((item + 1) % 10);
    }
  });

  it('are a function of the histories and the seed', () => {
    const trained = (seed: number) => [
      ...HistorySoftmax.fit(circle, 10, seed, { width: 4, epochs: 1 }).scores([1]),
    ];
    expect(trained(1)).toEqual(trained(1));
    expect(trained(1)).not.toEqual(trained(2));
  });

  it('draw items by popularity to the power of ¾', () => {
    const histories = [Array.from({ length: 15 }, () => 0), [1]];
    const sample = new NegativeSample(histories, 3, 30_000);
    const { items, corrections } = sample.draw(new Map(), new Set(), new Random(1));
    const share = (item: number) => items.filter((one) => one === item).length / items.length;
    // Counts and half a one more: 15.5, 1.5, 0.5.
    const weights = [15.5, 1.5, 0.5].map((count) => Math.exp(0.75 * Math.log(count)));
    const total = weights[0]! + weights[1]! + weights[2]!;
    for (const [item, weight] of weights.entries()) {
      expect(Math.abs(share(item) - weight / total)).toBeLessThan(0.01);
    }
    expect(corrections[items.indexOf(1)]).toBeCloseTo(-Math.log((30_000 * weights[1]!) / total), 9);
  });
});

describe('the ranker of histories', () => {
  it('puts what comes next first, and nothing of the history', () => {
    const histories = circle.map((items) => ({ items, times: [] }));
    const ranker = HistoryRanker.fit(histories, 10, { seed: 1, width: 16 });
    const scores = ranker.scores({ items: [2, 3], times: [] });
    expect(best(scores)).toBe(4);
    expect(scores[2]).toBe(Number.NEGATIVE_INFINITY);
    expect(Object.keys(ranker.weights)).toHaveLength(15);
  });

  it('counts what was taken in periods around a time', () => {
    const popularity = new TimedPopularity([{ items: [0, 1, 1], times: [0, 10, 25] }], 10);
    const column = new Float64Array(2);
    popularity.fill(19, -1, 0, column); // 0 to 20
    expect([...column]).toEqual([Math.log1p(1), Math.log1p(1)]);
    popularity.fill(19, 1, 3, column); // 20 to 50
    expect([...column]).toEqual([0, Math.log1p(1)]);
    popularity.fill(undefined, -1, 1, column);
    expect([...column]).toEqual([0, 0]);
  });
});

describe('visits', () => {
  const monday = Date.UTC(2012, 3, 2); // a Monday
  const column = (query: Parameters<typeof fillOwn>[0], name: string) => {
    const columns = OWN.map(() => new Float64Array(3));
    fillOwn(query, columns);
    return [...columns[OWN.findIndex(([own]) => own === name)]!];
  };
  const query = {
    items: [0, 1, 0],
    times: [monday + 8 * HOUR, monday + 9 * HOUR, monday + 7 * DAY + 8 * HOUR],
    at: monday + 7 * DAY + 9 * HOUR,
  };

  it('know the day and the hour', () => {
    expect([weekdayOf(monday), weekdayOf(monday + 6 * DAY), weekdayOf(query.at)]).toEqual([
      0, 6, 0,
    ]);
    expect([hoursApart(23, 1), hoursApart(8, 9.5), hoursApart(0, 12)]).toEqual([2, 1.5, 12]);
  });

  it('say how often, at such an hour, and after the last place', () => {
    expect(column(query, 'own visits')).toEqual([Math.log1p(8), Math.log1p(4), 0]);
    const fading = Math.exp(-7 / 150);
    // One of place 1 at this very hour of this weekday; of place 0 an hour before, last week and today.
    const [early, exact] = column(query, 'own visits near this hour of this weekday');
    expect(exact).toBeCloseTo(Math.log1p(4 * fading), 9);
    const bell = Math.exp(-1 / (2 * 1.5 * 1.5));
    const weekAndHour = Math.exp(-(7 + 1 / 24) / 150);
    expect(early).toBeCloseTo(Math.log1p(4 * bell * (weekAndHour + Math.exp(-1 / 24 / 150))), 9);
    // After place 0 came place 1, a week ago.
    const next = column(query, 'own next after the last place');
    expect(next[0]).toBe(0);
    expect(next[1]).toBeCloseTo(Math.log1p(4 * fading), 9);
    // The last place is an hour old.
    expect(column(query, 'the last place, within an hour')).toEqual([0, 0, 0]);
    expect(column(query, 'the last place, within 8 hours')).toEqual([1, 0, 0]);
    expect(column(query, 'recency: 1 over the number of places since')).toEqual([1, 0.5, 0]);
    expect(column(query, 'visited once')).toEqual([0, 1, 0]);
  });

  it('know how far places are', () => {
    const here = { latitude: 60, longitude: 10 };
    expect(kilometres(here, { latitude: 61, longitude: 10 })).toBeCloseTo(111.2, 6);
    expect(kilometres(here, { latitude: 60, longitude: 11 })).toBeCloseTo(55.6, 6);
    const all = new AllVisits(2, [here, { latitude: 61, longitude: 10 }]);
    const columns = Array.from({ length: 8 }, () => new Float64Array(2));
    all.fill({ items: [0], times: [monday], at: monday + 4 * HOUR }, columns);
    expect(columns[6]).toEqual(new Float64Array(2));
    expect(columns[7]![1]).toBeCloseTo(-Math.log1p(111.2), 9);
  });

  it('teach the ranker who goes where at which hour', () => {
    // Odd users go to 0 in the morning and 1 in the evening, even ones the other way round.
    const histories = Array.from({ length: 20 }, (_, u) => {
      const times = Array.from({ length: 60 }, (_, i) => monday + i * 12 * HOUR + 7 * HOUR);
      return { items: times.map((_, i) => (u + i) % 2), times };
    });
    const ranker = VisitRanker.fit(histories, 6, { seed: 1 });
    const [{ items, times }] = histories as [(typeof histories)[number]];
    // A morning two days on, then its evening.
    const at = monday + 32 * DAY + 7 * HOUR;
    expect(best(ranker.scores({ items, times, at }))).toBe(0);
    const [later, evening] = [[...times, at], at + 12 * HOUR];
    expect(best(ranker.scores({ items: [...items, 0], times: later, at: evening }))).toBe(1);
  });
});
