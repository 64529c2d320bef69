// Reads the topic `experiments`: every step of every candidate, and the present shares.
import { z } from 'zod';
import type { Share } from '../../models/experiment/assign.ts';
import { grid } from '../grid.ts';

const rows = z.array(
  z.object({
    at: z.string(),
    experimentId: z.string(),
    phase: z.string(),
    reason: z.string(),
    users: z.coerce.number().nullable(),
    difference: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    variants: z.array(z.string()),
    shares: z.array(z.number()),
  }),
);

export type Step = z.infer<typeof rows>[number];

/** All steps of all candidates, the oldest first. */
export async function readSteps(ask: (query: string) => Promise<string>): Promise<Step[]> {
  const answer = await ask(
    `select at, experimentId, phase, reason, users, difference, low, high, variants, shares
     from experiment_log order by at, _offset`,
  );
  return rows.parse(JSON.parse(answer));
}

/** The shares after all steps. */
export function sharesAfter(steps: readonly Step[], before: readonly Share[]): Share[] {
  const shares = new Map(before.map(({ variant, share }) => [variant, share]));
  for (const step of steps) {
    for (const [i, variant] of step.variants.entries()) shares.set(variant, step.shares[i]!);
  }
  return [...shares].map(([variant, share]) => ({ variant, share }));
}

/** The last step that changed the share of one of the two arms; undefined if there is none. */
export function lastChange(steps: readonly Step[], arms: readonly string[]): Step | undefined {
  return steps.findLast(({ variants }) => variants.some((variant) => arms.includes(variant)));
}

export function stepsText(steps: readonly Step[]): string {
  const digits = (value: number | null) => (value === null ? '' : value.toFixed(3));
  return grid(
    ['step', 'candidate over incumbent', 'phase', 'because', 'users', 'difference', 'low', 'high'],
    steps.map((step) => [
      step.at.slice(0, 19),
      step.experimentId,
      step.phase,
      step.reason,
      step.users === null ? '' : `${step.users}`,
      digits(step.difference),
      digits(step.low),
      digits(step.high),
    ]),
  );
}
