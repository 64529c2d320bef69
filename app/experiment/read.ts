// What the served impressions and their rewards say of each arm of an experiment.
import { z } from 'zod';
import type { Exposure } from '../../models/experiment/guardrails.ts';
import { ArmMoments } from '../../models/experiment/moments.ts';

/** Answers a query with a JSON array of rows. */
type AskJson = (query: string) => Promise<string>;

export interface ArmRead extends Exposure {
  readonly variant: string;
  readonly moments: ArmMoments;
}

export interface ExperimentRead {
  readonly arms: readonly ArmRead[];
  /** Positive feedback outside the experiment, by group of items. */
  readonly chosen: ReadonlyMap<string, number>;
}

const users = z.array(
  z.object({
    variant: z.string(),
    reward: z.coerce.number(),
    slates: z.coerce.number(),
    rate: z.number(),
    known: z.coerce.number(),
  }),
);
const counted = z.array(z.object({ variant: z.string(), name: z.string(), n: z.coerce.number() }));
const latencies = z.array(z.object({ variant: z.string(), ms: z.number() }));

/**
 * A user's reward is the clicks on the slates of the arm; the covariate is the share of the feedback
 * before the first of them that was positive, and the mean of all where there was none.
 * @param since slates decided later alone, as ClickHouse writes a time
 */
export async function readExperiment(ask: AskJson, since?: string): Promise<ExperimentRead> {
  const counts = `variant != ''${since ? ` and at > '${since}'` : ''}`;
  const byItem = `select variant, itemId as name, count() as n from _served
    array join itemIds as itemId where ${counts} group by variant, name`;
  const rows = users.parse(
    JSON.parse(
      await ask(`
      with own as (
        select userId, variant, count() as slates, sum(clicks) as reward, min(at) as first
        from _served where ${counts} group by userId, variant
      ), earlier as (
        select own.userId as userId, own.variant as variant,
          avg(logged.positive) as rate, count() as known
        from own inner join (select * from rewards final where variant = '') as logged
          on logged.userId = own.userId
        where logged.at < own.first group by userId, variant
      )
      select own.variant as variant, own.reward as reward, own.slates as slates,
        earlier.rate as rate, earlier.known as known
      from own left join earlier on own.userId = earlier.userId and own.variant = earlier.variant
      order by own.variant, own.userId`),
    ),
  );
  const known = rows.filter((row) => row.known > 0);
  const mean = known.reduce((sum, { rate }) => sum + rate, 0) / Math.max(1, known.length);
  const shown = tally(counted.parse(JSON.parse(await ask(byItem))));
  const groups = tally(
    counted.parse(
      JSON.parse(
        await ask(`select variant, name, sum(counts.n) as n from (${byItem}) as counts
        inner join items final on items.itemId = counts.name
        array join items.groups as group group by variant, group as name`),
      ),
    ),
  );
  const chosen = counted.parse(
    JSON.parse(
      await ask(`select '' as variant, group as name, count() as n
      from (select itemId from rewards final where positive and variant = '') as liked
      inner join items final on items.itemId = liked.itemId
      array join items.groups as group group by name`),
    ),
  );
  const ms = latencies.parse(
    JSON.parse(
      await ask(
        `select variant, avg(latencyMs) as ms from _served where ${counts} group by variant`,
      ),
    ),
  );
  const arms = ms.map(({ variant, ms: latencyMs }) => {
    const moments = new ArmMoments();
    for (const row of rows) {
      if (row.variant !== variant) continue;
      const covariate = row.known > 0 ? row.rate : mean;
      moments.replace(undefined, { reward: row.reward, slates: row.slates, covariate });
    }
    const none = new Map<string, number>();
    const items = shown.get(variant) ?? none;
    return { variant, moments, items, groups: groups.get(variant) ?? none, latencyMs };
  });
  return {
    arms: arms.sort((a, b) => (a.variant < b.variant ? -1 : 1)),
    chosen: tally(chosen).get('') ?? new Map(),
  };
}

function tally(rows: z.infer<typeof counted>): Map<string, Map<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const { variant, name, n } of rows) {
    const own = counts.get(variant) ?? new Map<string, number>();
    counts.set(variant, own.set(name, n));
  }
  return counts;
}
