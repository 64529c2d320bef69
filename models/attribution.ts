// Joins feedback with the slate it answers, in event time. A window that closes without a click
// becomes an example with reward 0. Every example is made here.
import type { Click } from '../schemas/topics/clicks.ts';
import type { Example } from '../schemas/topics/examples.ts';
import type { Impression } from '../schemas/topics/impressions.ts';
import type { OpenImpression, Waiting } from '../schemas/topics/open-impressions.ts';
import type { Reward } from '../schemas/topics/rewards.ts';
import type { UserState } from '../schemas/topics/user-state.ts';

/** A slate starts to wait; `state` is the user as at the decision. */
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

export type Attribution =
  | { kind: 'joined'; entry: OpenImpression; reward: Reward }
  | { kind: 'refused'; code: RefusalCode; reason: string };

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
  const shown = waiting.impression.items.find(
    (item) => item.itemId === click.itemId && !answeredByOther(waiting, item.position, click),
  );
  if (!shown) {
    return refused('click-orphan', `${click.itemId} is not in the slate ${click.impressionId}`);
  }
  if (waiting.outcomes.some((outcome) => outcome.clickId === click.clickId)) {
    return refused('click-duplicate', `${click.clickId} was attributed before`);
  }
  const { impression } = waiting;
  const { clickId, positive, value, source, confidence } = click;
  const outcome = { clickId, position: shown.position, positive, value, source, confidence };
  return {
    kind: 'joined',
    entry: { ...entry, open: { ...waiting, outcomes: [...waiting.outcomes, outcome] } },
    reward: {
      clickId,
      impressionId: impression.impressionId,
      userId: impression.userId,
      itemId: click.itemId,
      position: shown.position,
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

/** An item may stand twice in a slate; a second answer of the same kind is for its second place. */
function answeredByOther(waiting: Waiting, position: number, click: Click): boolean {
  const places = waiting.impression.items.filter((item) => item.itemId === click.itemId).length;
  if (places < 2) return false;
  return waiting.outcomes.some(
    (outcome) => outcome.position === position && outcome.clickId !== click.clickId,
  );
}

function refused(code: RefusalCode, reason: string): Attribution {
  return { kind: 'refused', code, reason };
}

/** The example of a window that closes. */
export function exampleOf(entry: OpenImpression & { open: Waiting }): Example {
  const { impression, state, groups, outcomes } = entry.open;
  const simulated =
    impression.origin === 'served' && outcomes.some((o) => o.source === 'simulated');
  return {
    impressionId: impression.impressionId,
    userId: impression.userId,
    at: impression.at,
    closedAt: entry.expiresAt,
    origin: impression.origin,
    source: simulated ? 'simulated' : 'logged',
    confidence: outcomes.reduce((least, outcome) => Math.min(least, outcome.confidence), 1),
    policy: impression.policy,
    version: impression.version,
    tier: impression.tier,
    variant: impression.variant,
    propensitySource: impression.propensitySource,
    candidateCount: impression.candidateCount,
    items: impression.items.map((item, index) => {
      const own = outcomes.filter((outcome) => outcome.position === item.position);
      return {
        itemId: item.itemId,
        position: item.position,
        score: item.score,
        propensity: item.propensity,
        similarity: item.similarity,
        intent: item.intent,
        shadows: item.shadows,
        features: [],
        groups: groups[index] ?? [],
        positive: own.some((outcome) => outcome.positive),
        reward: own.reduce((sum, outcome) => sum + outcome.value, 0),
      };
    }),
    state,
    variants: impression.variants,
    shadowSlates: impression.shadowSlates,
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
