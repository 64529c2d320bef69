// The way of a candidate: every step, and every way out; then whole ways, in made-up users.
import { describe, expect, it } from '@jest/globals';
import { assignVariant } from '../../../models/experiment/assign.ts';
import { difference } from '../../../models/experiment/difference.ts';
import { ArmMoments, type UserTotals } from '../../../models/experiment/moments.ts';
import {
  candidateShare,
  isOver,
  nextPhase,
  type PromotionEvidence,
  type PromotionPhase,
  promotionRules,
} from '../../../models/experiment/promotion.ts';
import { sampleRatioP } from '../../../models/experiment/sample-ratio.ts';
import { Random } from '../../../models/random.ts';

const found = (low: number, high: number) => ({
  estimate: (low + high) / 2,
  standardError: 1,
  low,
  high,
  p: 1,
  explained: 0,
});
const rail = { name: 'coverage', candidate: 1, incumbent: 9, limit: 2, broken: true } as const;
const evidence = (rest: Partial<PromotionEvidence>): PromotionEvidence => ({
  users: 200,
  difference: found(-1, 2),
  sampleRatioP: 1,
  guardrails: [],
  ...rest,
});
const to = (phase: PromotionPhase, rest: Partial<PromotionEvidence> = {}) =>
  nextPhase(phase, evidence(rest))?.phase ?? null;

describe('the next phase', () => {
  it('is one further where nothing speaks against it', () => {
    expect(to('gate')).toBe('shadow');
    expect(to('shadow')).toBe('canary');
    expect(to('canary')).toBe('ab');
    expect(to('ab')).toBeNull();
    expect(to('ab', { difference: found(0.1, 2) })).toBe('promoted');
    expect(to('promoted')).toBeNull();
  });

  it('waits for enough users', () => {
    for (const phase of ['gate', 'shadow', 'canary', 'ab'] as const) {
      expect(to(phase, { users: 10, difference: found(0.1, 2) })).toBeNull();
      expect(to(phase, { difference: null })).toBeNull();
    }
  });

  it('is out for what is worse, at once', () => {
    const difference = found(-2, -0.1);
    for (const phase of ['gate', 'shadow', 'canary', 'ab'] as const) {
      expect(to(phase, { difference, users: 1 })).toBe('stopped');
    }
    expect(to('promoted', { difference })).toBe('rolledBack');
  });

  it('is out at the gate for what is not expected to be better', () => {
    expect(to('gate', { difference: found(-2, 1) })).toBe('stopped');
    expect(to('canary', { difference: found(-2, 1) })).toBe('ab');
  });

  it('is out for a broken guardrail or assignment, however good the rest', () => {
    const difference = found(1, 2);
    expect(to('ab', { difference, guardrails: [rail] })).toBe('stopped');
    expect(to('promoted', { difference, guardrails: [rail] })).toBe('rolledBack');
    expect(to('promoted', { difference, guardrails: [rail], users: 3 })).toBeNull();
    expect(to('ab', { difference, sampleRatioP: 1e-4 })).toBe('stopped');
    expect(nextPhase('ab', evidence({ difference, guardrails: [rail] }))!.reason).toBe(
      'guardrail coverage',
    );
  });

  it('ends without a finding when patience does, and then for good', () => {
    expect(to('ab', { users: promotionRules.patience })).toBe('undecided');
    for (const phase of ['stopped', 'rolledBack', 'undecided'] as const) {
      expect(isOver(phase)).toBe(true);
      expect(candidateShare(phase)).toBe(0);
      expect(to(phase, { difference: found(1, 2) })).toBeNull();
    }
  });
});

/** A candidate whose rate of reward is `rate(slate)`, beside an incumbent of 0.2, from the canary on. */
function wayOf(seed: number, rate: (phase: PromotionPhase) => number): PromotionPhase[] {
  const random = new Random(seed);
  const way: PromotionPhase[] = ['canary'];
  const fresh = () => ({
    arms: [new ArmMoments(), new ArmMoments()] as const,
    totals: new Map<string, UserTotals>(),
  });
  let known = fresh();
  for (let slate = 0; slate < 40_000; slate++) {
    const phase = way.at(-1)!;
    if (isOver(phase)) break;
    const share = candidateShare(phase);
    const shares = [
      { variant: 'candidate', share },
      { variant: 'incumbent', share: 1 - share },
    ];
    const userId = `u${random.below(8_000)}`;
    const arm = assignVariant(userId, `way-${seed}`, shares) === 'candidate' ? 0 : 1;
    const before = known.totals.get(userId);
    const clicked = random.next() < (arm === 0 ? rate(phase) : 0.2) ? 1 : 0;
    const after = {
      reward: (before?.reward ?? 0) + clicked,
      slates: (before?.slates ?? 0) + 1,
      covariate: 0,
    };
    known.arms[arm].replace(before, after);
    known.totals.set(userId, after);
    const next = nextPhase(phase, {
      users: known.arms[0].users,
      difference: difference(...known.arms),
      sampleRatioP: sampleRatioP(
        shares.map((one, i) => ({ share: one.share, users: known.arms[i]!.users })),
      ),
      guardrails: [],
    });
    if (!next) continue;
    way.push(next.phase);
    known = fresh();
  }
  return way;
}

describe('whole ways', () => {
  it('a good candidate is promoted', () => {
    expect(wayOf(1, () => 0.4)).toEqual(['canary', 'ab', 'promoted']);
  });

  it('a bad one is stopped', () => {
    expect(wayOf(1, () => 0.05).at(-1)).toBe('stopped');
  });

  it('one that turns bad once it is promoted is rolled back', () => {
    const way = wayOf(1, (phase) => (phase === 'promoted' ? 0.1 : 0.4));
    expect(way).toEqual(['canary', 'ab', 'promoted', 'rolledBack']);
  });
});
