// All topics of Millrace, one file each, in the order of the loop.
import { audit } from './topics/audit.ts';
import { clicks } from './topics/clicks.ts';
import { deadLetters } from './topics/dead-letters.ts';
import { evaluations } from './topics/evaluations.ts';
import { examples } from './topics/examples.ts';
import { experiments } from './topics/experiments.ts';
import { explanations } from './topics/explanations.ts';
import { forgotten } from './topics/forgotten.ts';
import { impressions } from './topics/impressions.ts';
import { intents } from './topics/intents.ts';
import { itemVectors } from './topics/item-vectors.ts';
import { items } from './topics/items.ts';
import { judgements } from './topics/judgements.ts';
import { openImpressions } from './topics/open-impressions.ts';
import { positions } from './topics/positions.ts';
import { predictions } from './topics/predictions.ts';
import { replays } from './topics/replays.ts';
import { requests } from './topics/requests.ts';
import { rewards } from './topics/rewards.ts';
import { rules } from './topics/rules.ts';
import { snapshots } from './topics/snapshots.ts';
import { truths } from './topics/truths.ts';
import { userStates } from './topics/user-state.ts';

export * from './topics/audit.ts';
export * from './topics/clicks.ts';
export * from './topics/dead-letters.ts';
export * from './topics/evaluations.ts';
export * from './topics/examples.ts';
export * from './topics/experiments.ts';
export * from './topics/explanations.ts';
export * from './topics/forgotten.ts';
export * from './topics/impressions.ts';
export * from './topics/intents.ts';
export * from './topics/item-vectors.ts';
export * from './topics/items.ts';
export * from './topics/judgements.ts';
export * from './topics/open-impressions.ts';
export * from './topics/positions.ts';
export * from './topics/predictions.ts';
export * from './topics/replays.ts';
export * from './topics/requests.ts';
export * from './topics/rewards.ts';
export * from './topics/rules.ts';
export * from './topics/snapshots.ts';
export * from './topics/truths.ts';
export * from './topics/user-state.ts';

export const topics = [
  items,
  rules,
  requests,
  impressions,
  clicks,
  rewards,
  truths,
  forgotten,
  userStates,
  openImpressions,
  examples,
  predictions,
  itemVectors,
  intents,
  explanations,
  judgements,
  snapshots,
  experiments,
  evaluations,
  audit,
  deadLetters,
  positions,
  replays,
] as const;
