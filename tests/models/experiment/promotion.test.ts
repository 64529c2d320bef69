// The way of a candidate: every step, and every way out; then whole ways, in made-up users.
import { describe, expect, it } from '@jest/globals';
import { assignVariant } from '../../../models/experiment/assign.ts';
import { difference } from '../../../models/experiment/difference.ts';
import { ArmMoments, type UserTotals } from '../../../models/experiment/moments.ts';
import {
  alphaOf,
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
const rail = { name: 'coverage', candidate: 9, incumbent: 9, limit: 2, broken: false } as const;
const broken = { ...rail, candidate: 1, broken: true } as const;
const open: readonly PromotionPhase[] = ['gate', 'shadow', 'canary', 'ab'];
const offPolicy = (phase: PromotionPhase) => phase === 'gate' || phase === 'shadow';

/** Evidence of a candidate that is better, by enough users, with all that is asked for. */
const evidence = (phase: PromotionPhase, rest: Partial<PromotionEvidence>): PromotionEvidence => ({
  users: 200,
  difference: found(0.1, 2),
  incumbentMean: 2,
  support: offPolicy(phase) ? { effectiveUsers: 150, meanWeight: 1 } : null,
  ownShare: 1,
  sampleRatioP: 1,
  guardrails: [rail],
  ...rest,
});
const step = (phase: PromotionPhase, rest: Partial<PromotionEvidence> = {}) =>
  nextPhase(phase, evidence(phase, rest));
const to = (phase: PromotionPhase, rest: Partial<PromotionEvidence> = {}) =>
  step(phase, rest).phase;

describe('a good candidate', () => {
  it('goes one phase further', () => {
    expect(open.map((phase) => to(phase))).toEqual(['shadow', 'canary', 'ab', 'promoted']);
    expect(to('promoted')).toBe('promoted');
  });
});

describe('a bad candidate', () => {
  it('is out in every phase, by an upper bound below 0', () => {
    const difference = found(-2, -0.1);
    for (const phase of open) {
      expect(step(phase, { difference })).toEqual({
        phase: 'stopped',
        reason: 'worse than the incumbent',
      });
    }
    expect(to('promoted', { difference })).toBe('rolledBack');
  });

  it('is out for a broken guardrail or assignment, however much it earns', () => {
    const difference = found(1, 2);
    for (const phase of open) {
      expect(step(phase, { difference, guardrails: [rail, broken] })).toEqual({
        phase: 'stopped',
        reason: 'guardrail coverage',
      });
    }
    expect(to('promoted', { guardrails: [broken] })).toBe('rolledBack');
    // A few users say little of what is shown.
    expect(to('promoted', { guardrails: [broken], users: 3 })).toBe('promoted');
    expect(to('ab', { sampleRatioP: 1e-4 })).toBe('stopped');
    expect(to('promoted', { sampleRatioP: 1e-4 })).toBe('rolledBack');
  });

  it('of a shadow at −1.16 stays out of the canary', () => {
    // The margin is .1 · 2 = .2 likes a slate.
    expect(to('shadow', { difference: found(-2.82, 0.5) })).toBe('shadow');
    expect(to('shadow', { difference: found(-0.21, 0.5) })).toBe('shadow');
    expect(to('shadow', { difference: found(-0.19, 0.5) })).toBe('canary');
  });
});

describe('a candidate of which nothing is known', () => {
  it.each<[reason: string, rest: Partial<PromotionEvidence>]>([
    ['no difference known yet', { difference: null }],
    ['too few users', { users: 10, support: null }],
    ['no snapshot of its own', { ownShare: 0 }],
    ['no snapshot of its own', { ownShare: 0.49 }],
    ['the sample ratio is not known', { sampleRatioP: Number.NaN }],
    ['no guardrail was looked at', { guardrails: [] }],
    ['a guardrail is not known', { guardrails: [{ ...rail, candidate: Number.NaN }] }],
    ['a guardrail is not known', { guardrails: [{ ...rail, limit: Number.NaN }] }],
    ['a statistic is not finite', { difference: { ...found(1, 2), low: Number.NaN } }],
    ['a statistic is not finite', { difference: found(1, Number.POSITIVE_INFINITY) }],
    ['a statistic is not finite', { difference: { ...found(1, 2), standardError: Number.NaN } }],
    ['a statistic is not finite', { incumbentMean: Number.NaN }],
    ['a statistic is not finite', { users: Number.NaN }],
  ])('stays in every phase: %s', (reason, rest) => {
    for (const phase of [...open, 'promoted'] as const) {
      expect(step(phase, rest)).toEqual({ phase, reason });
    }
  });

  it('stays in the phases without users where the log does not support it, even a bad verdict', () => {
    for (const phase of ['gate', 'shadow'] as const) {
      for (const difference of [found(1, 2), found(-2, -1)]) {
        for (const support of [
          { effectiveUsers: 49, meanWeight: 1 },
          { effectiveUsers: Number.NaN, meanWeight: 1 },
          { effectiveUsers: 150, meanWeight: 0.49 },
          { effectiveUsers: 150, meanWeight: Number.NaN },
        ]) {
          expect(step(phase, { difference, support })).toEqual({
            ...{ phase, reason: 'too little support' },
          });
        }
      }
    }
  });
});

describe('a candidate as good as its incumbent', () => {
  const equal = { difference: found(-0.15, 0.15) };

  it('stays at the gate, which wants a lower bound above 0', () => {
    expect(step('gate', equal)).toEqual({ phase: 'gate', reason: 'undecided' });
    expect(to('gate', { difference: found(0, 0.3) })).toBe('gate');
  });

  it('leaves shadow and canary once its lower bound is within the margin', () => {
    expect(to('shadow', equal)).toBe('canary');
    expect(to('canary', equal)).toBe('ab');
    for (const phase of ['shadow', 'canary'] as const) {
      expect(to(phase, { difference: found(-0.3, 0.3) })).toBe(phase);
    }
  });

  it('is not promoted: the test ends when patience does, and then for good', () => {
    expect(step('ab', equal)).toEqual({ phase: 'ab', reason: 'undecided' });
    expect(to('ab', { ...equal, users: promotionRules.patience })).toBe('undecided');
    for (const phase of ['stopped', 'rolledBack', 'undecided'] as const) {
      expect(isOver(phase)).toBe(true);
      expect(candidateShare(phase)).toBe(0);
      expect(to(phase, { difference: found(1, 2) })).toBe(phase);
    }
  });
});

it('spends α over the phases, and no more', () => {
  const spent = [...open, 'promoted' as const].map((phase) => alphaOf(phase));
  expect(spent).toEqual([0.2, 0.1, 0.2, 0.4, 0.1].map((part) => expect.closeTo(part * 0.05, 12)));
  expect(spent.reduce((sum, one) => sum + one, 0)).toBeCloseTo(promotionRules.alpha, 12);
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
      difference: difference(...known.arms, { alpha: alphaOf(phase) }),
      incumbentMean: known.arms[1].mean,
      support: null,
      ownShare: 1,
      sampleRatioP: sampleRatioP(
        shares.map((one, i) => ({ share: one.share, users: known.arms[i]!.users })),
      ),
      guardrails: [rail],
    });
    if (next.phase === phase) continue;
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
