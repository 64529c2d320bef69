// Fields that several routes take.
import { z } from 'zod';
import { id as idRule, latestTime } from '../../../../schemas/rules.ts';

/** An id of a user, an item, an impression or an event. */
export const id = z.string().min(idRule.least!).max(idRule.most!);

/** A time, ms since 1970; absent for now. */
export const time = z.int().min(0).max(latestTime).optional();

/** Whether rows that cannot be used are left out; else one of them refuses the batch. */
export const skipInvalid = z
  .boolean()
  .default(false)
  .describe(
    'Whether rows that cannot be used are left out. Default: one of them refuses the batch, and nothing is written.',
  );

/** An object that is checked by what it is for. */
export const openObject = z.record(z.string(), z.unknown());
