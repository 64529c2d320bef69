// Panels of the page with figures that are made up by formula: curves, decisions, topics, throughput.
import type { Panels } from '../../infra/http/state.ts';

const titles = [
  'Toy Story (1995)',
  'Usual Suspects, The (1995)',
  'Spirited Away (Sen to Chihiro no kamikakushi) (2001)',
  'Lord of the Rings: The Fellowship of the Ring, The (2001)',
  'Amelie (Fabuleux destin d’Amélie Poulain, Le) (2001)',
  'Matrix, The (1999)',
  'Blade Runner (1982)',
  'Grand Budapest Hotel, The (2014)',
  'Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1964)',
  'WALL·E (2008)',
  'City of God (Cidade de Deus) (2002)',
  'Arrival (2016)',
  'Before Sunrise (1995)',
  'Princess Mononoke (Mononoke-hime) (1997)',
  'Rear Window (1954)',
  'Alien (1979)',
];

const DAY = 86_400_000;
const START = Date.UTC(1996, 2, 29);

/** Between 0 and 1, fixed by its argument. */
function noise(n: number): number {
  const x = Math.sin(n * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

export function panel<Row>(at: number, rows: Row[]): { rows: Row[]; error: null; at: number } {
  return { rows, error: null, at };
}

export const steps = (n: number) => Array.from({ length: n }, (_, i) => i);

export const models = [
  { model: 'millrace', auc: 0.752, logloss: 0.566, hr10: 0.118, ndcg10: 0.063, mrr: 0.058 },
  { model: 'means', auc: 0.741, logloss: 0.574, hr10: 0.021, ndcg10: 0.01, mrr: 0.015 },
  { model: 'popularity', auc: 0.631, logloss: 0.655, hr10: 0.079, ndcg10: 0.041, mrr: 0.041 },
];

export const variants = [
  { variant: 'millrace', ctr: 0.236, snips: 0.229, width: 0.017, coverage: 0.182, n: 640 },
  { variant: 'popularity', ctr: 0.201, snips: 0.206, width: 0.021, coverage: 0.021, n: 622 },
  { variant: 'uniform', ctr: 0.091, snips: 0.094, width: 0.012, coverage: 0.934, n: 631 },
];

export function overTime(): Pick<Panels, 'metricsOverTime' | 'cumulativeReward'> {
  const metrics = models.flatMap(({ model, ...end }, m) =>
    steps(90).map((i) => {
      const grown = 1 - Math.exp(-i / 12);
      const wobble = (noise(i * 7 + m * 131) - 0.5) * 0.03;
      return {
        model,
        bucket: START + i * 92 * DAY,
        n: 1100,
        auc: 0.5 + (end.auc - 0.5) * grown + wobble,
        ndcg10: Math.max(0, end.ndcg10 * grown + wobble * 0.3),
      };
    }),
  );
  const reward = variants.flatMap(({ variant, ctr, n }) =>
    steps(60).map((i) => ({
      variant,
      at: START + (6200 + i * 30) * DAY,
      impressions: Math.round(((i + 1) * n) / 60),
      reward: Math.round(((i + 1) * n * 10 * ctr) / 60),
    })),
  );
  return {
    metricsOverTime: panel(1, metrics),
    cumulativeReward: panel(1, reward),
  };
}

export function decisions(now: number): Panels['decisions'] {
  const rows = steps(8).map((d) => {
    const { variant } = variants[d % 3] ?? { variant: '' };
    const items = steps(10).map((i) => titles[(d * 5 + i * 3) % titles.length] ?? '');
    return {
      at: now - d * 61_000,
      userId: String(100 + Math.floor(noise(d) * 500)),
      variant,
      policy: variant,
      version: 81_204 - d * 10,
      tier: d === 3 ? 'llm' : 'fast',
      items,
      propensities: items.map((_, i) => 0.01 + noise(d * 11 + i) * 0.2),
      clicked: items.map((_, i) => noise(d * 17 + i) > 0.78),
    };
  });
  return panel(1, rows);
}

/** User states are a changelog and not counted. */
const counts: Record<string, number> = {
  items: 9742,
  requests: 1893,
  impressions: 14_820,
  clicks: 48_580,
  rewards: 96_214,
  examples: 14_611,
  predictions: 14_602,
  'item-vectors': 412,
  snapshots: 96,
  experiments: 9,
  intents: 118,
  explanations: 341,
  audit: 1204,
  'dead-letters': 7,
};

export function topics(at: number, gained: number): Panels['topics'] {
  const rows = Object.entries(counts).map(([topic, records]) => ({
    topic,
    records: records + Math.round(gained * (records / 14_820)),
    duplicates: 0,
  }));
  return panel(at, rows);
}

export function throughput(): Panels['throughput'] {
  const rows = ['impressions', 'clicks', 'examples', 'rewards'].flatMap((topic, t) =>
    steps(100).map((i) => ({
      topic,
      second: Date.UTC(2026, 0, 5, 10, 0, i),
      records: Math.round([410, 1290, 405, 2600][t]! * (0.75 + noise(i + t * 31) * 0.5)),
    })),
  );
  return panel(1, rows);
}
