// The two candidates of the demo: one that should come into service, and one that should not.
import { promotionRules } from '../../models/experiment/promotion.ts';
import type { Variant } from '../serve/decide.ts';
import type { PromoteOptions } from './stage.ts';

/** A log of some hundred users cannot wait for as many as a service can. */
const rules = {
  ...promotionRules,
  least: { gate: 30, shadow: 30, canary: 20, arm: 20 },
  share: { canary: 0.4, ab: 0.5, promoted: 0.9 },
};

/** Candidates against the arms they would replace; each pair has the share of the two arms together. */
export function demoPromotions(variants: readonly Variant[], salt: string): PromoteOptions[] {
  const shareOf = (...names: string[]) =>
    variants.filter(({ name }) => names.includes(name)).reduce((sum, { share }) => sum + share, 0);
  const pair = (
    candidate: string,
    incumbent: string,
    limits: PromoteOptions['limits'] = {},
  ): PromoteOptions => ({
    limits,
    experimentId: `${candidate}-over-${incumbent}`,
    candidate,
    incumbent,
    share: shareOf(candidate, incumbent),
    salt,
    rules,
  });
  return [
    // Who shows anything to anybody covers everything: whatever has a preference is narrower.
    pair('learning', 'uniform', { coverage: 0.01 }),
    pair('inverted', 'popularity'),
  ];
}

/** The arms before anything is known of the candidates: the incumbents have their shares. */
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
