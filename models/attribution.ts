// Joins feedback with the slate it answers, in event time. A window that closes without a click
// becomes an example with reward 0. Every example is made here.
import { MillraceError } from '../schemas/errors.ts';
import type { Click } from '../schemas/topics/clicks.ts';
import type { Example } from '../schemas/topics/examples.ts';
import type { Impression } from '../schemas/topics/impressions.ts';
import type { OpenImpression, Waiting } from '../schemas/topics/open-impressions.ts';
import type { Reward } from '../schemas/topics/rewards.ts';
import type { UserState } from '../schemas/topics/user-state.ts';
import { outcomeAt, slateOutcome } from './outcomes.ts';

/** Opens the window of a slate; `state` is the user as at the decision. */
export function openWindow(
  impression: Impression,
  state: UserState,
  groups: string[][],
  windowMs: number,
): OpenImpression {
  return {
    impressionId: impression.impressionId,
    expiresAt: impression.at + windowMs,
    open: { impression, state, groups, outcomes: [] },
  };
}

/** A closed slate leaves a grace marker for one more window, so that a late click is told from an orphan. */
export function graceMarkerOf(entry: OpenImpression, windowMs: number): OpenImpression {
  return {
    impressionId: entry.impressionId,
    expiresAt: entry.expiresAt + windowMs,
    open: null,
  };
}

/** A click with the slate it belongs to, which still waits. */
export interface Joined {
  kind: 'joined';
  entry: OpenImpression;
  reward: Reward;
}

export type Attribution = Joined | { kind: 'refused'; code: RefusalCode; reason: string };

type RefusalCode = 'click-late' | 'click-orphan' | 'click-duplicate';

/** Joins a click with its slate, or says why it cannot be. */
export function attributeClick(entry: OpenImpression | undefined, click: Click): Attribution {
  if (!entry) {
    return refused(
      'click-orphan',
      `no impression ${click.impressionId || '(none named)'} is known`,
    );
  }
  const waiting = entry.open;
  if (!waiting || click.at >= entry.expiresAt) {
    return refused('click-late', `the window of ${click.impressionId} had closed`);
  }
  const { impression } = waiting;
  // By the place in the record: a log may not know positions, and leave all of them at 0.
  const place = impression.items.findIndex(
    ({ itemId }, index) => itemId === click.itemId && !answeredByOther(waiting, index, click),
  );
  if (place < 0) {
    return refused('click-orphan', `${click.itemId} is not in the slate ${click.impressionId}`);
  }
  if (waiting.outcomes.some((outcome) => outcome.clickId === click.clickId)) {
    return refused('click-duplicate', `${click.clickId} was attributed before`);
  }
  const { clickId, positive, value, source, confidence } = click;
  const outcome = { clickId, position: place, positive, value, source, confidence };
  return {
    kind: 'joined',
    entry: { ...entry, open: { ...waiting, outcomes: [...waiting.outcomes, outcome] } },
    reward: {
      clickId,
      impressionId: impression.impressionId,
      userId: impression.userId,
      itemId: click.itemId,
      position: impression.items[place]!.position,
      at: click.at,
      policy: impression.policy,
      variant: impression.variant,
      positive,
      value,
      source,
      confidence,
    },
  };
}

/**
 * Whether another answer of the same source took the place of this click. An item may stand twice in
 * a slate, and a second answer is for its second place; a person and a simulator answer the same one.
 */
function answeredByOther(waiting: Waiting, place: number, click: Click): boolean {
  const places = waiting.impression.items.filter((item) => item.itemId === click.itemId).length;
  if (places < 2) return false;
  return waiting.outcomes.some(
    (outcome) =>
      outcome.position === place &&
      outcome.source === click.source &&
      outcome.clickId !== click.clickId,
  );
}

function refused(code: RefusalCode, reason: string): Attribution {
  return { kind: 'refused', code, reason };
}

/** The example of a slate whose window closes. Each item has its own outcome, real or simulated. */
export function exampleOf(entry: OpenImpression & { open: Waiting }): Example {
  const { impression, state, groups, outcomes: answers } = entry.open;
  const outcomes = impression.items.map((_, place) => outcomeAt(answers, place));
  return {
    impressionId: impression.impressionId,
    userId: impression.userId,
    at: impression.at,
    closedAt: entry.expiresAt,
    servedBy: impression.servedBy,
    ...slateOutcome(outcomes),
    policy: impression.policy,
    version: impression.version,
    tier: impression.tier,
    variant: impression.variant,
    propensitySource: impression.propensitySource,
    candidateCount: impression.candidateCount,
    items: impression.items.map((item, index) => ({
      itemId: item.itemId,
      position: item.position,
      score: item.score,
      propensity: item.propensity,
      similarity: item.similarity,
      intent: item.intent,
      targetPropensities: item.targetPropensities,
      features: [],
      barred: item.barred,
      groups: groups[index] ?? [],
      ...outcomes[index]!,
    })),
    state,
    variants: impression.variants,
    standIns: impression.standIns,
    targetSlates: impression.targetSlates,
    space: '',
    profile: [],
    unshown: impression.unshown.map((candidate, index) => ({
      ...candidate,
      groups: groups[impression.items.length + index] ?? [],
      features: [],
    })),
    simulatorView: null,
  };
}

/** Time that a slate waits for answers which are all known already, ms. */
export const ANSWERED_WITHIN_MS = 1000;

/**
 * The example of a slate whose answers are all known, for a user in any state.
 * @param groups groups of each shown item, then of each candidate that was not shown
 * @throws MillraceError as `joined`
 */
export function answeredExample(
  impression: Impression,
  state: UserState,
  groups: string[][],
  clicks: readonly Click[],
): Example {
  let entry = openWindow(impression, state, groups, ANSWERED_WITHIN_MS);
  for (const click of clicks) entry = joined(attributeClick(entry, click), click).entry;
  return exampleOf({ ...entry, open: entry.open! });
}

/**
 * The joined click of an attribution, which must have succeeded.
 * @throws MillraceError `click-orphan`, `click-late` or `click-duplicate`
 */
export function joined(attribution: Attribution, click: Click): Joined {
  if (attribution.kind === 'joined') return attribution;
  throw new MillraceError({
    code: attribution.code,
    what: `The click ${click.clickId} is no answer to the slate ${click.impressionId}.`,
    why: `Because ${attribution.reason}.`,
    todo: 'Give each click on an item of its slate, once, before the window of the slate closes.',
  });
}
