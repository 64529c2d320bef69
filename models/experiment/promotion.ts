// The way of a candidate into service: what is known at a step decides the next, and nothing else does.
//
// A gate opens on a lower bound. What is not known, not measured or not a number opens none: the candidate
// stays where it is, and the step says why.
import type { Difference } from './difference.ts';
import { type Guardrail, isKnown } from './guardrails.ts';

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

type OpenPhase = 'gate' | 'shadow' | 'canary' | 'ab' | 'promoted';

/** What the log says of how far an off-policy estimate can be believed. */
export interface Support {
  /** How many users of one weight the weighted ones are worth. */
  readonly effectiveUsers: number;
  /**
   * Mean weight of the candidate, 1 in expectation; less where it would show what nobody served, or
   * where weights were truncated.
   */
  readonly meanWeight: number;
}

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
  /** Reward per slate of the incumbent, which the margin is a share of; NaN while it is not known. */
  readonly incumbentMean: number;
  /** Support of the off-policy estimate; null in phases with users. */
  readonly support: Support | null;
  /**
   * Share of the slates since the first that the policies' own snapshots decided: of both off-policy, of
   * the candidate in its arm; 0 if there was none, NaN before any slate.
   */
  readonly ownShare: number;
  /** p value of the assignment, valid at every look; 1 if no user was assigned. */
  readonly sampleRatioP: number;
  /** Guardrails as they were looked at last; empty before the first look. */
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
  /** Chance that any of the phases ever finds a difference that is not there. */
  readonly alpha: number;
  /**
   * Share of the incumbent's reward per slate that a candidate may lose, by its lower bound, and still go
   * from `shadow` to `canary` and from there to `ab`: where little is at stake, it need not be better yet.
   */
  readonly margin: number;
  /**
   * Smallest mean weight off-policy, smallest effective users as a share of the least users, and smallest
   * share of slates by its own policy, at which it is judged.
   */
  readonly support: number;
}

export const promotionRules: PromotionRules = Object.freeze({
  least: { gate: 100, shadow: 100, canary: 50, arm: 50 },
  patience: 2_000,
  share: { canary: 0.1, ab: 0.5, promoted: 0.9 },
  sampleRatioAlpha: 0.001,
  alpha: 0.05,
  margin: 0.1,
  support: 0.5,
});

/** How α is spent over the phases: the parts add up to 1, so all phases together are wrong by α at most. */
const SPENT: Readonly<Record<OpenPhase, number>> = {
  gate: 0.2,
  shadow: 0.1,
  canary: 0.2,
  ab: 0.4,
  promoted: 0.1,
};

/** α of a phase. */
export function alphaOf(phase: PromotionPhase, { alpha }: PromotionRules = promotionRules): number {
  return isOver(phase) ? alpha : alpha * SPENT[phase as OpenPhase];
}

export interface PromotionStep {
  /** The next phase; the present one if the candidate stays. */
  readonly phase: PromotionPhase;
  /** Reason of the step, or of staying, in a word for people. */
  readonly reason: string;
}

/**
 * The step that the evidence allows.
 *
 * | phase | opens if the lower bound of the difference is |
 * |---|---|
 * | `gate` | above 0 |
 * | `shadow`, `canary` | above −margin · reward per slate of the incumbent |
 * | `ab` | above 0 |
 *
 * Each needs enough users, support, a snapshot of its own, guardrails that were looked at and none of
 * them broken. An upper bound below 0, a broken guardrail and a broken assignment put it out.
 * @returns the next phase, or the present one and why it stays
 */
export function nextPhase(
  phase: PromotionPhase,
  evidence: PromotionEvidence,
  rules: PromotionRules = promotionRules,
): PromotionStep {
  const stay = (reason: string): PromotionStep => ({ phase, reason });
  if (isOver(phase)) return stay('it is over');
  const out = (reason: string): PromotionStep => ({
    phase: phase === 'promoted' ? 'rolledBack' : 'stopped',
    reason,
  });
  const { users, difference, sampleRatioP, guardrails } = evidence;
  if (sampleRatioP <= rules.sampleRatioAlpha)
    return out('the arms have not the users of their shares');
  // What was shown to a few says little: guardrails count from the least number of users on.
  const enough = phase === 'ab' || phase === 'promoted' ? rules.least.canary : rules.least[phase];
  const broken = users >= enough ? guardrails.find((rail) => rail.broken) : undefined;
  if (broken) return out(`guardrail ${broken.name}`);
  const unknown = unknownIn(evidence, enough, rules);
  if (unknown) return stay(unknown);
  if (!difference) return stay('no difference known yet');
  if (difference.high < 0) return out('worse than the incumbent');
  if (users < enough) return stay('too few users');
  return opened(phase as OpenPhase, evidence, difference, rules) ?? stay('undecided');
}

/** The step through a phase whose lower bound opens it. */
function opened(
  phase: OpenPhase,
  { users, incumbentMean }: PromotionEvidence,
  { low }: Difference,
  rules: PromotionRules,
): PromotionStep | null {
  const noWorse = low > -rules.margin * incumbentMean;
  switch (phase) {
    case 'gate':
      return low > 0 ? { phase: 'shadow', reason: 'expected to be better' } : null;
    case 'shadow':
      return noWorse ? { phase: 'canary', reason: 'no guardrail broken, no harm expected' } : null;
    case 'canary':
      return noWorse ? { phase: 'ab', reason: 'no harm seen' } : null;
    case 'ab':
      if (low > 0) return { phase: 'promoted', reason: 'better than the incumbent' };
      if (users < rules.patience) return null;
      return { phase: 'undecided', reason: 'no difference found' };
    case 'promoted':
      return null;
  }
}

/** Why the evidence cannot be judged; undefined if it can. */
function unknownIn(
  {
    users,
    difference,
    incumbentMean,
    support,
    ownShare,
    sampleRatioP,
    guardrails,
  }: PromotionEvidence,
  enough: number,
  rules: PromotionRules,
): string | undefined {
  if (ownShare < rules.support) return 'no snapshot of its own';
  if (!Number.isFinite(sampleRatioP)) return 'the sample ratio is not known';
  if (!guardrails.every(isKnown)) return 'a guardrail is not known';
  if (difference) {
    const { estimate, standardError, low, high } = difference;
    if (![users, estimate, standardError, low, high, incumbentMean].every(Number.isFinite)) {
      return 'a statistic is not finite';
    }
    if (guardrails.length === 0) return 'no guardrail was looked at';
  }
  if (!support) return undefined;
  const { effectiveUsers, meanWeight } = support;
  const supported = effectiveUsers >= rules.support * enough && meanWeight >= rules.support;
  return supported ? undefined : 'too little support';
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
