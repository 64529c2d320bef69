// Reads the evidence of each arm of an experiment from ClickHouse, as models/experiment/arm.ts
// defines it.
import { z } from 'zod';
import { ArmEvidence } from '../../models/experiment/arm.ts';
import type { OutcomeSource } from '../../models/outcomes.ts';

/** Answers a query with a JSON array of rows. */
type AskJson = (query: string) => Promise<string>;

export interface ExperimentRead {
  /** Evidence by variant, in the order of the variants' names. */
  readonly arms: ReadonlyMap<string, ArmEvidence>;
  /** Number of positive answers outside the experiment, by group of items. */
  readonly chosen: ReadonlyMap<string, number>;
}

const users = z.array(
  z.object({
    variant: z.string(),
    userId: z.string(),
    reward: z.coerce.number(),
    slates: z.coerce.number(),
    covariate: z.number(),
  }),
);
const counted = z.array(z.object({ variant: z.string(), name: z.string(), n: z.coerce.number() }));
const latencies = z.array(z.object({ variant: z.string(), ms: z.number() }));

/**
 * @param outcomes whose outcomes count: people's (`logged`) or the simulator's; never both
 * @param since time from which slates count, as ClickHouse writes one. @default all count
 */
export async function readExperiment(
  ask: AskJson,
  outcomes: OutcomeSource,
  since?: string,
): Promise<ExperimentRead> {
  const rows = async <T>(shape: z.ZodType<T>, query: string) =>
    shape.parse(JSON.parse(await ask(query)));
  const slates = `(select * from _served_by_arm
    where source = '${outcomes}'${since ? ` and at > '${since}'` : ''})`;
  const byItem = `select variant, itemId as name, count() as n from ${slates}
    array join itemIds as itemId group by variant, name`;
  const ofGroups =
    'inner join items final on items.itemId = counts.name array join items.groups as group';

  const means = await rows(
    latencies,
    `select variant, avg(latencyMs) as ms from ${slates} group by variant order by variant`,
  );
  const arms = new Map(means.map(({ variant }) => [variant, new ArmEvidence()]));
  for (const { variant, ms } of means) arms.get(variant)!.latencyMs = ms;
  const ofUsers = await rows(
    users,
    `select variant, userId, sum(reward) as reward, sum(arm.slates) as slates, any(covariate) as covariate
    from ${slates} as arm group by variant, userId order by variant, userId`,
  );
  for (const { variant, userId, covariate, reward, slates } of ofUsers) {
    arms.get(variant)!.earned(userId, covariate, { reward, slates });
  }
  for (const { variant, name, n } of await rows(counted, byItem)) {
    arms.get(variant)!.items.set(name, n);
  }
  const groups = `select variant, group as name, sum(counts.n) as n from (${byItem}) as counts
    ${ofGroups} group by variant, name`;
  for (const { variant, name, n } of await rows(counted, groups)) {
    arms.get(variant)!.groups.set(name, n);
  }
  const chosen = await rows(
    counted,
    `select '' as variant, group as name, count() as n
    from (
      select itemId as name from rewards final
      where positive and variant = '' and source = 'logged'
    ) as counts
    ${ofGroups} group by name`,
  );
  return { arms, chosen: new Map(chosen.map(({ name, n }) => [name, n])) };
}
