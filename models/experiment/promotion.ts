// The way of a candidate into service: what is known at a step decides the next, and nothing else does.
import type { Difference } from './difference.ts';
import type { Guardrail } from './guardrails.ts';

/**
 * - `gate`: judged off-policy, from slates that others served
 * - `shadow`: still without users; what it would have shown is held against the guardrails
 * - `canary`: a few users · `ab`: as many as the incumbent · `promoted`: most, the others a hold-out
 * - `stopped`: out before it was promoted · `rolledBack`: out afterwards
 * - `undecided`: out, for no difference was found in the time there was
 */
export type PromotionPhase =
  | 'gate'
  | 'shadow'
  | 'canary'
  | 'ab'
  | 'promoted'
  | 'stopped'
  | 'rolledBack'
  | 'undecided';

/** What is known of the candidate since its present phase began. */
export interface PromotionEvidence {
  /**
   * Number of users judged: in `gate` and `shadow` those of any arm, later those of the candidate's
   * arm.
   */
  readonly users: number;
  /**
   * Candidate minus incumbent, off-policy in `gate` and `shadow`; null while too little is known.
   */
  readonly difference: Difference | null;
  /** p value of the assignment, valid at every look; 1 if no user was assigned. */
  readonly sampleRatioP: number;
  readonly guardrails: readonly Guardrail[];
}

export interface PromotionRules {
  /** Fewest users that are judged before a phase can be passed. */
  readonly least: {
    readonly gate: number;
    readonly shadow: number;
    readonly canary: number;
    /** Fewest users of each arm at which the two are compared. */
    readonly arm: number;
  };
  /** Number of users of the candidate's arm after which `ab` ends without a finding. */
  readonly patience: number;
  /** Candidate's part of the users that it and the incumbent have together, by phase. */
  readonly share: { readonly canary: number; readonly ab: number; readonly promoted: number };
  /** p value at or below which the assignment counts as broken. */
  readonly sampleRatioAlpha: number;
}

export const promotionRules: PromotionRules = Object.freeze({
  least: { gate: 100, shadow: 100, canary: 50, arm: 50 },
  patience: 2_000,
  share: { canary: 0.1, ab: 0.5, promoted: 0.9 },
  sampleRatioAlpha: 0.001,
});

export interface PromotionStep {
  readonly phase: PromotionPhase;
  /** Reason of the step, in a word for people. */
  readonly reason: string;
}

/**
 * @returns the next phase; null if the candidate stays in its phase, as it always does in a last
 * one
 */
export function nextPhase(
  phase: PromotionPhase,
  evidence: PromotionEvidence,
  rules: PromotionRules = promotionRules,
): PromotionStep | null {
  if (isOver(phase)) return null;
  const { users, difference, sampleRatioP, guardrails } = evidence;
  const out = (reason: string): PromotionStep => ({
    phase: phase === 'promoted' ? 'rolledBack' : 'stopped',
    reason,
  });
  if (sampleRatioP <= rules.sampleRatioAlpha)
    return out('the arms have not the users of their shares');
  // What was shown to a few says little: guardrails count from the least number of users on.
  const enough = phase === 'ab' || phase === 'promoted' ? rules.least.canary : rules.least[phase];
  const broken = users >= enough ? guardrails.find((rail) => rail.broken) : undefined;
  if (broken) return out(`guardrail ${broken.name}`);
  if (difference && difference.high < 0) return out('worse than the incumbent');
  if (users < enough || !difference) return null;
  if (phase === 'gate') {
    if (difference.estimate < 0) return out('not expected to be better');
    return { phase: 'shadow', reason: 'expected to be no worse' };
  }
  if (phase === 'shadow') return { phase: 'canary', reason: 'no guardrail broken' };
  if (phase === 'canary') return { phase: 'ab', reason: 'no harm seen' };
  if (phase === 'promoted') return null;
  if (difference.low > 0) return { phase: 'promoted', reason: 'better than the incumbent' };
  if (users >= rules.patience) return { phase: 'undecided', reason: 'no difference found' };
  return null;
}

export function isOver(phase: PromotionPhase): phase is 'stopped' | 'rolledBack' | 'undecided' {
  return phase === 'stopped' || phase === 'rolledBack' || phase === 'undecided';
}

/** Candidate's part of the users of the pair, 0 to 1. */
export function candidateShare(
  phase: PromotionPhase,
  { share }: PromotionRules = promotionRules,
): number {
  return phase === 'canary' || phase === 'ab' || phase === 'promoted' ? share[phase] : 0;
}
