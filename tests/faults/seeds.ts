// Rounds that once failed, as they were drawn: a seed draws other faults once there are more kinds of them.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { clusterKinds, kinds, type RoundPlan } from './plan.ts';

const shape = z.array(
  z.object({
    seed: z.number(),
    /** What went wrong. */
    found: z.string(),
    /** Number of brokers it takes. @default 1 */
    brokers: z.number().default(1),
    store: z.enum(['memory', 'lmdb']),
    faults: z.array(
      z.object({
        kind: z.enum([...kinds, ...clusterKinds]),
        afterMs: z.number(),
        draw: z.number(),
        call: z.number(),
      }),
    ),
  }),
);

/** The rounds of `seeds.json` that can be run on so many brokers. */
export function keptRounds(brokers: number): RoundPlan[] {
  const text = readFileSync(new URL('./seeds.json', import.meta.url), 'utf8');
  return shape
    .parse(JSON.parse(text))
    .filter((one) => one.brokers <= brokers)
    .map(({ seed, store, faults }, i) => ({ name: `kept-${seed}-${i + 1}`, store, faults }));
}
