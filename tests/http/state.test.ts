import { describe, expect, it } from '@jest/globals';
import { noCounters } from '../../infra/http/live.ts';
import { dashboardSource } from '../../infra/http/source.ts';
import { collectState, contentOf, emptyPanels, type Query } from '../../infra/http/state.ts';

/** Answers by the view a statement reads; views without an answer are empty. */
function queryOf(answers: Record<string, Record<string, unknown>[] | Error>): Query {
  return async (sql) => {
    const name = /from (\w+)/.exec(sql)?.[1] ?? '';
    const answer = answers[name] ?? [];
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

describe('collectState', () => {
  it('reads rows as ClickHouse sends them: 64-bit integers as strings, NaN as null', async () => {
    const query = queryOf({
      auc: [{ model: 'means', source: 'logged', n: '12', positives: '5', auc: null }],
      latest_decisions: [
        {
          at: '1493839450000',
          userId: '7',
          variant: 'millrace',
          policy: 'millrace',
          version: '81204',
          tier: 'fast',
          items: ['Alien (1979)', 'Arrival (2016)'],
          propensities: [0.25, '0.5'],
          clicked: [0, true],
        },
      ],
    });
    const { panels } = await collectState(query, noCounters());
    expect(panels.auc.rows).toEqual([
      { model: 'means', source: 'logged', n: 12, positives: 5, auc: null },
    ]);
    expect(panels.decisions.rows[0]).toMatchObject({
      at: Date.UTC(2017, 4, 3, 19, 24, 10),
      version: 81_204,
      propensities: [0.25, 0.5],
      clicked: [false, true],
    });
  });

  it('keeps the other panels when one view fails, and says why in that one', async () => {
    const query = queryOf({
      ranking: new Error('Code: 60. Unknown table.\nStack trace: …'),
      tier_share: [{ tier: 'fast', impressions: '3', share: 1 }],
    });
    const { panels } = await collectState(query, noCounters());
    expect(panels.ranking).toMatchObject({ rows: [], error: 'Code: 60. Unknown table.' });
    expect(panels.tiers).toMatchObject({
      rows: [{ tier: 'fast', impressions: 3, share: 1 }],
      error: null,
    });
  });
});

describe('contentOf', () => {
  it('ignores when a panel was read, but not the times inside its rows', () => {
    const state = { live: noCounters(), panels: emptyPanels() };
    const later = structuredClone(state);
    later.panels.topics.at = 5;
    expect(contentOf(later)).toBe(contentOf(state));
    later.panels.cumulativeReward.rows = [{ variant: 'a', at: 1, impressions: 1, reward: 1 }];
    const moved = structuredClone(later);
    moved.panels.cumulativeReward.rows[0]!.at = 2;
    expect(contentOf(moved)).not.toBe(contentOf(later));
  });
});

describe('dashboardSource', () => {
  it('asks ClickHouse once for many readers, and gives counters as of the call', async () => {
    let asked = 0;
    const live = noCounters();
    const source = dashboardSource({
      query: async () => {
        asked += 1;
        return [];
      },
      live: () => ({ ...live }),
      everyMs: 3_600_000,
    });
    const views = Object.keys(emptyPanels()).length;
    await Promise.all([source(), source(), source()]);
    expect(asked).toBe(views);
    live.seconds = 9;
    expect((await source()).live.seconds).toBe(9);
    expect(asked).toBe(views);
  });

  it('reads dear views less often, so that reading stays below its share of the time', async () => {
    let clock = 0;
    let spent = 0;
    const times = new Map<string, number>();
    const source = dashboardSource({
      query: async (sql) => {
        const name = /from (\w+)/.exec(sql)?.[1] ?? '';
        times.set(name, (times.get(name) ?? 0) + 1);
        const cost = name === 'auc' ? 400 : 4;
        clock += cost;
        spent += cost;
        return [];
      },
      live: noCounters,
      now: () => clock,
      share: 0.2,
    });
    await source();
    spent = 0;
    times.clear();
    const begun = clock;
    while (clock < begun + 600_000) {
      await source();
      await new Promise(setImmediate);
      clock += 100;
    }
    // AUC, log loss and ranking are read together, 408 ms; twice six views by variant, 24 ms; 17
    // alone, 4 ms each: roots sum to 20.2 + 2·4.9 + 17·2 = 64. So the dear group is due every
    // 20.2·64 / 0.2 = 6,464 ms and the single ones, every 2·64 / 0.2 = 640 ms, are held to 1,000.
    expect(times.get('auc')).toBeGreaterThan(88);
    expect(times.get('auc')).toBeLessThanOrEqual(600_000 / 6_464 + 1);
    expect(times.get('ranking')).toBe(times.get('auc'));
    expect(times.get('throughput')).toBeGreaterThan(3 * (times.get('auc') ?? 0));
    expect(spent / (clock - begun)).toBeLessThan(0.2);
  });

  it('does not show what was read before a long rest', async () => {
    let clock = 0;
    let records = 1;
    const source = dashboardSource({
      query: async () => [{ topic: 'clicks', records, duplicates: 0 }],
      live: noCounters,
      now: () => clock,
    });
    const seen = async () => (await source()).panels.topics.rows[0]?.records;
    expect(await seen()).toBe(1);
    records = 2;
    clock += 60_000;
    expect(await seen()).toBe(2);
  });

  it('stays usable when the query never works', async () => {
    const source = dashboardSource({ query: () => Promise.reject('down'), live: noCounters });
    expect((await source()).panels.ctr.error).toBe('down');
  });
});
