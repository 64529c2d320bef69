// Estimates what a variant would have earned with a slate that another variant served, by the
// propensities logged at the decision: the evidence of a candidate before it has users.
import type { Example } from '../../schemas/topics/examples.ts';
import { isPinned } from '../rules/chosen-part.ts';

export interface Weighted {
  /** Sum of the positive outcomes, each times its weight. */
  readonly reward: number;
  /** Number of slates that the outcomes stand for: the mean weight of the positions. */
  readonly slates: number;
}

/**
 * Largest weight: a larger one would say more of luck than of the variant (Ionides 2008, truncated
 * sampling).
 */
const MOST = 20;

/**
 * Importance weights of each position, given the items above it: w = π(item | above) / propensity,
 * truncated. Σ w r / Σ (mean w) over slates is the self-normalised estimate of the reward per slate,
 * by positions (as in RIPS without the product: McInerney et al. 2020), so what the variant would
 * have shown above is taken as it was. Items that a rule pinned stand there whatever the variant, and
 * count for none.
 * @param judged the items whose outcome counts. @default all
 * @returns null where the decision did not know the variant, or drew from no known distribution
 */
export function offPolicy(
  { items, variants, propensitySource }: Pick<Example, 'items' | 'variants' | 'propensitySource'>,
  variant: string,
  judged: Example['items'] = items,
): Weighted | null {
  const column = variants.indexOf(variant);
  const chosen = items.filter((item) => !isPinned(item)).length;
  if (column < 0 || propensitySource !== 'drawn' || chosen === 0) return null;
  let reward = 0;
  let sum = 0;
  for (const item of judged) {
    if (isPinned(item)) continue;
    const { targetPropensities, propensity, positive } = item;
    // Examples of before the border may have a propensity that nothing was drawn with.
    if (!(propensity > 0 && propensity <= 1)) return null;
    const weight = Math.min(MOST, targetPropensities[column]! / propensity);
    sum += weight;
    if (positive) reward += weight;
  }
  return { reward, slates: sum / chosen };
}
