// The shares before anything is known of the candidates.
import type { Variant } from '../serve/decide.ts';
import type { PromoteOptions } from './stage.ts';

/**
 * The variants' shares before anything is known of the candidates: a candidate has no users yet,
 * and its incumbent has those of both.
 */
export function beforePromotion(
  variants: readonly Variant[],
  promotions: readonly PromoteOptions[],
): Variant[] {
  const shares = new Map(
    promotions.flatMap(({ candidate, incumbent, share }) => [
      [candidate, 0] as const,
      [incumbent, share] as const,
    ]),
  );
  return variants.map((variant) => ({
    ...variant,
    share: shares.get(variant.name) ?? variant.share,
  }));
}
