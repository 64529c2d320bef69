// The served impressions as a log: each position shown is a round, each user a cluster of them.
import { z } from 'zod';
import { sqlText } from '../../infra/clickhouse/warehouse.ts';
import { clustered, type Terms } from '../../models/ope/rounds.ts';
import { rewardInteractionIps, standardSlateIps } from '../../models/ope/slate/ips.ts';
import { rewardTable, type TabularLog } from '../../models/ope/tabular.ts';
import { targetRounds } from '../../models/ope/tabular-rounds.ts';
import { weightOf } from '../../models/ope/weight.ts';
import type { OutcomeSource } from '../../models/outcomes.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { OffPolicyTask } from './task.ts';

/** Answers a query with a JSON array of rows. */
export type AskJson = (query: string) => Promise<string>;

const slate = z.object({
  userId: z.string(),
  itemIds: z.array(z.string()),
  slots: z.array(z.coerce.number()),
  propensities: z.array(z.number()),
  probabilities: z.array(z.number()),
  clicked: z.array(z.number()),
});
type ServedSlate = z.infer<typeof slate>;
const names = z.array(z.object({ variant: z.string() }));

/**
 * @param outcomes whose outcomes count: people's (`logged`) or the simulator's; never both
 * @param variant one of the impressions' `variants`; their target propensities say what it would
 * have shown
 * @throws MillraceError `ope-policy-unknown`, and what `ask` throws
 */
export async function impressionsTask(
  ask: AskJson,
  variant: string,
  outcomes: OutcomeSource = 'logged',
): Promise<OffPolicyTask> {
  const name = sqlText(variant);
  const text = await ask(`
    select userId, propensities,
      -- A pinned item says nothing of a policy.
      arrayFilter(slot -> barred[slot] < 1, slots) as slots,
      arrayMap(slot -> slate[slot], slots) as itemIds,
      arrayMap(slot -> answered.clicked[indexOf(answered.slots, slot)], slots) as clicked,
      arrayMap(target -> target[indexOf(variants, ${name})], targetPropensities) as probabilities
    from _served_answers as answered where source = '${outcomes}' and has(variants, ${name})
      and arrayAll(p -> p > 0 and p <= 1, propensities)
      and arrayAll(pis -> arrayAll(pi -> pi >= 0 and pi <= 1, pis), targetPropensities)
    order by at, impressionId`);
  const served = z.array(slate).parse(JSON.parse(text));
  if (served.length === 0) throw await unknown(ask, variant);
  const users = new Map([...new Set(served.map(({ userId }) => userId))].map((id, i) => [id, i]));
  const rounds = served.flatMap(
    ({ userId, itemIds, slots, propensities, probabilities, clicked }) =>
      itemIds.map((itemId, i) => {
        const position = slots[i]! - 1;
        return {
          user: users.get(userId)!,
          itemId,
          position,
          propensity: propensities[position]!,
          probability: probabilities[position]!,
          clicked: clicked[i]!,
        };
      }),
  );
  const items = new Map([...new Set(rounds.map(({ itemId }) => itemId))].map((id, i) => [id, i]));
  const log: TabularLog = {
    contexts: Int32Array.from(rounds, ({ position }) => position),
    actions: Int32Array.from(rounds, ({ itemId }) => items.get(itemId)!),
    rewards: Float64Array.from(rounds, ({ clicked }) => clicked),
    propensities: Float64Array.from(rounds, ({ propensity }) => propensity),
    contextCount: rounds.reduce((most, { position }) => Math.max(most, position + 1), 0),
    actionCount: items.size,
  };
  const probabilities = Float64Array.from(rounds, ({ probability }) => probability);
  return {
    dataset: 'impressions',
    direction: `served->${variant}`,
    rounds: targetRounds(log, probabilities, rewardTable(log)),
    options: {
      // Users are what varies independently, not what they were shown.
      clusters: Int32Array.from(rounds, ({ user }) => user),
      others: ofSlates(served, rounds.length / served.length, users),
    },
    missingSupport: null,
    unreadable: 0,
  };
}

/**
 * Clicks by item shown, as for the other estimates: a slate's clicks over the mean size of a slate.
 */
function ofSlates(
  served: readonly ServedSlate[],
  size: number,
  users: ReadonlyMap<string, number>,
): Record<string, Terms> {
  const slots = served.reduce((most, { propensities }) => Math.max(most, propensities.length), 0);
  const shown = { slots, rewards: new Float64Array(served.length * slots) };
  // A slot that was not shown weighs nothing in a product, and earns nothing.
  const conditional = new Float64Array(served.length * slots).fill(1);
  for (const [i, one] of served.entries()) {
    for (const [slot, propensity] of one.propensities.entries()) {
      conditional[i * slots + slot] = weightOf(one.probabilities[slot]!, propensity);
    }
    for (const [at, slot] of one.slots.entries()) {
      shown.rewards[i * slots + slot - 1] = one.clicked[at]! / size;
    }
  }
  const rounds = { ...shown, conditional };
  const clusters = Int32Array.from(served, ({ userId }) => users.get(userId)!);
  return {
    rips: clustered(rewardInteractionIps(rounds), clusters),
    'slate-ipw': clustered(standardSlateIps(rounds), clusters),
  };
}

async function unknown(ask: AskJson, variant: string): Promise<MillraceError> {
  const text = await ask('select distinct arrayJoin(variants) as variant from _served order by 1');
  const known = names.parse(JSON.parse(text)).map((row) => row.variant);
  return new MillraceError({
    code: 'ope-policy-unknown',
    what: `No impression tells what the policy ${variant} would have done.`,
    why: `Their target propensities are of: ${known.join(', ') || 'no policy'}.`,
    todo: 'Name one of these, or let the experiment have it as a variant.',
  });
}
