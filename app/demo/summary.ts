// The summary of a run. It is read from the views, so that anyone can get the same figures by SQL.
import { rowsOf, type Warehouse } from '../../infra/clickhouse/warehouse.ts';
import type { LiveCounters } from '../../infra/http/live.ts';
import type { OutcomeSource } from '../../models/outcomes.ts';

export interface Summary {
  events: { read: number; lost: number; duplicated: number };
  /** Figures of the policy on the logged truth; each event was predicted before it was learned. */
  metrics: { auc: number; logloss: number; ndcg10: number; hr10: number; mrr: number };
  baselines: Record<string, Partial<Summary['metrics']>>;
  /** Who answered the slates that the figures of the variants are of. */
  outcomes: OutcomeSource;
  variants: VariantSummary[];
  tiers: { tier: string; impressions: number; share: number }[];
  simulator: { n: number; auc: number; logloss: number; ece: number };
  /** Figures of the language model; `simulated` counts answers to which its vectors contributed. */
  llm: { model: string; vectors: number; simulated: number; shed: number };
  deadLetters: { origin: string; code: string; n: number }[];
  /** Time of the run after set-up, s. */
  seconds: number;
}

export interface VariantSummary {
  variant: string;
  impressions: number;
  clicks: number;
  ctr: number;
  reward: number;
  rewardPerSlate: number;
  /**
   * Clicks a slate that the best slates would have brought beyond these; only a seeded world knows
   * them.
   */
  regretPerSlate?: number;
  snips: { value: number; low: number; high: number; ess: number };
  coverage: number;
  latencyMs: { p50: number; p99: number };
}

type Row = Record<string, unknown>;

const number = (value: unknown) => Number(value ?? Number.NaN);

/** @param outcomes whose answers the figures of the variants are of */
export async function summarise(
  warehouse: Warehouse,
  live: LiveCounters,
  outcomes: OutcomeSource,
): Promise<Summary> {
  const read = (view: string) => rowsOf<Row>(warehouse, `select * from ${view}`);
  const count = async (sql: string) => number((await rowsOf<Row>(warehouse, sql))[0]?.n);
  const [accounting = {}] = await read('accounting');
  const models = await modelMetrics(read);
  const { millrace, ...baselines } = models;
  const [fidelity = {}] = await read('simulator_fidelity');
  const round = (row: Row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, number(value)]));
  return {
    events: {
      read: number(accounting.read),
      lost: number(accounting.lost),
      duplicated: number(accounting.duplicated),
    },
    metrics: millrace as Summary['metrics'],
    baselines,
    outcomes,
    variants: await variants(read, outcomes),
    tiers: (await read('tier_share')).map(({ tier, impressions, share }) => ({
      tier: String(tier),
      impressions: number(impressions),
      share: number(share),
    })),
    simulator: round(fidelity) as Summary['simulator'],
    llm: {
      model: live.llm.model,
      vectors: await count('select uniqExact(hash) as n from item_vectors'),
      simulated: await count(
        `select count() as n from clicks final
         where source = 'simulated' and similarity is not null`,
      ),
      shed: live.llm.shed,
    },
    deadLetters: (await read('dead_letters_by_code')).map(({ origin, code, n }) => ({
      origin: String(origin),
      code: String(code),
      n: number(n),
    })),
    seconds: live.seconds,
  };
}

async function modelMetrics(read: (view: string) => Promise<Row[]>) {
  const models: Record<string, Record<string, number>> = {};
  const add = (row: Row, names: readonly string[]) => {
    const model = String(row.model);
    const values = names.map((name) => [name, number(row[name])] as const);
    models[model] = { ...models[model], ...Object.fromEntries(values) };
  };
  for (const row of await read("auc where source = 'logged'")) add(row, ['auc']);
  for (const row of await read("logloss where source = 'logged'")) add(row, ['logloss']);
  for (const row of await read('ranking')) add(row, ['ndcg10', 'hr10', 'mrr']);
  return models as Record<string, Partial<Summary['metrics']>>;
}

async function variants(
  read: (view: string) => Promise<Row[]>,
  outcomes: OutcomeSource,
): Promise<VariantSummary[]> {
  const by = async (view: string) =>
    new Map((await read(view)).map((row) => [String(row.variant), row]));
  const [reward, regret, snips, coverage, latency] = [
    await by(`reward_by_variant where source = '${outcomes}'`),
    await by('regret_by_variant'),
    await by(`snips_by_variant where source = '${outcomes}'`),
    await by('exposure_by_variant'),
    await by('latency_by_variant'),
  ];
  return (await read(`ctr_by_variant where source = '${outcomes}'`)).map((row) => {
    const variant = String(row.variant);
    const value = (from: Map<string, Row>, name: string) => number(from.get(variant)?.[name]);
    return {
      variant,
      impressions: number(row.impressions),
      clicks: number(row.clicks),
      ctr: number(row.ctr),
      reward: value(reward, 'reward'),
      rewardPerSlate: value(reward, 'rewardPerImpression'),
      ...(regret.has(variant) && { regretPerSlate: value(regret, 'regretPerSlate') }),
      snips: {
        value: value(snips, 'snips'),
        low: value(snips, 'low'),
        high: value(snips, 'high'),
        ess: value(snips, 'ess'),
      },
      coverage: value(coverage, 'coverage'),
      latencyMs: { p50: value(latency, 'p50Ms'), p99: value(latency, 'p99Ms') },
    };
  });
}
