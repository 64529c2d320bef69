// The evidence that `promote` has of a candidate since its present phase began, and what it knows
// of every user from before.

import type { Example } from '../../schemas/topics/examples.ts';
import { itemsJudged, type OutcomeSource, realItems } from '../outcomes.ts';
import { ArmEvidence, covariateOf, type SavedArm, tally } from './arm.ts';
import { difference } from './difference.ts';
import { type Guardrail, guardrailLimits, guardrails, type Limits } from './guardrails.ts';
import { offPolicy } from './off-policy.ts';
import { CrossMoments, pairedDifference } from './paired-difference.ts';
import type { PromotionEvidence } from './promotion.ts';
import { sampleRatioP } from './sample-ratio.ts';

/** Number of slates between two looks at the guardrails, which cost as much as there are items. */
const guardrailsEvery = 20;

/** What `save` gives. */
export interface SavedExperiment {
  readonly covariates: [string, number][];
  readonly chosen: [string, number][];
  readonly slates: number;
  readonly rails: readonly Guardrail[];
  readonly arms: SavedArm[];
  readonly own?: readonly [own: number, since: number, before: number];
  readonly judged?: number;
  readonly cross?: readonly number[];
}

export interface ExperimentOptions {
  /** Limits of the guardrails. @default guardrailLimits */
  readonly limits?: Partial<Limits>;
  /** Whose outcomes count: people's, or a simulator's with a weight; never both. @default 'logged' */
  readonly outcomes?: OutcomeSource;
}

export class ExperimentState {
  /**
   * By user, the rate of likes before the first slate served here; later likes were shaped by the
   * arms.
   */
  private readonly covariates: Map<string, number>;
  private readonly chosen: Map<string, number>;
  private readonly limits: Limits;
  private readonly outcomes: OutcomeSource;
  private arms: readonly [candidate: ArmEvidence, incumbent: ArmEvidence];
  private slates: number;
  private rails: readonly Guardrail[];
  /** Number of slates that own snapshots decided, of all since the first of them, and of all before. */
  private own: readonly [own: number, since: number, before: number];
  /** Number of slates judged off-policy. */
  private judged: number;
  /** What users say of both arms at once, off-policy. */
  private cross: CrossMoments;

  constructor({ limits, outcomes = 'logged' }: ExperimentOptions = {}, saved?: SavedExperiment) {
    this.limits = { ...guardrailLimits, ...limits };
    this.outcomes = outcomes;
    this.covariates = new Map(saved?.covariates);
    this.chosen = new Map(saved?.chosen);
    this.slates = saved?.slates ?? 0;
    this.rails = saved?.rails ?? [];
    this.own = saved?.own ?? [0, 0, 0];
    this.judged = saved?.judged ?? 0;
    this.cross = crossOf(saved);
    this.arms = [new ArmEvidence(saved?.arms[0]), new ArmEvidence(saved?.arms[1])];
  }

  /** Begins another phase with no evidence. */
  restart(): void {
    this.arms = [new ArmEvidence(), new ArmEvidence()];
    this.slates = 0;
    this.rails = [];
    this.own = [0, 0, 0];
    this.judged = 0;
    this.cross = new CrossMoments();
  }

  /** Takes every example, whoever served it, and remembers what was known of its user. */
  remember(example: Example): void {
    const { servedBy, userId, state } = example;
    if (servedBy === 'served') {
      if (!this.covariates.has(userId)) {
        this.covariates.set(userId, covariateOf(state));
      }
      return;
    }
    for (const { positive, groups } of realItems(example)) {
      if (positive) for (const group of groups) tally(this.chosen, group);
    }
  }

  /** Takes an example of one of the two arms, decided in this phase. */
  see(example: Example, candidate: boolean): void {
    const judged = itemsJudged(example, this.outcomes);
    if (judged.length === 0) return;
    const { userId, items, variant, standIns } = example;
    if (candidate) this.countOwn(!standIns.includes(variant));
    const arm = this.arms[candidate ? 0 : 1];
    const reward = judged.filter(({ positive }) => positive).length;
    const slates = judged.length / items.length;
    arm.earned(userId, this.covariates.get(userId)!, { reward, slates });
    arm.showed(...shownBy(example));
    this.look();
  }

  /**
   * Takes an example of any arm, for what each of the two would have earned with it. What the
   * candidate would have shown was drawn at the decision; what the incumbent shows is in its own
   * slates. A slate at which another policy stood in for one of the two says nothing of the pair.
   */
  seeOffPolicy(example: Example, candidate: string, incumbent: string): void {
    const { userId, variant, targetSlates, standIns, items } = example;
    const judged = itemsJudged(example, this.outcomes);
    if (judged.length === 0) return;
    const pair = [candidate, incumbent].map((name) => offPolicy(example, name, judged));
    if (!pair[0] || !pair[1]) return; // decided before the two were at hand
    const own = !standIns.includes(candidate) && !standIns.includes(incumbent);
    this.countOwn(own);
    if (!own) return;
    this.judged += judged.length / items.length;
    const covariate = this.covariates.get(userId)!;
    const [mine, theirs] = this.arms.map((arm, i) => arm.earned(userId, covariate, pair[i]!));
    this.cross.replace(mine!.before && theirs!.before && [mine!.before, theirs!.before], [
      mine!.after,
      theirs!.after,
    ]);
    const drawn = targetSlates.find((slate) => slate.variant === candidate);
    if (drawn) this.arms[0].showed(drawn.itemIds, drawn.groups);
    if (variant === incumbent) this.arms[1].showed(...shownBy(example));
    this.look();
  }

  /** Forgets a user; what they did to the sums stays, and who comes back counts as another one. */
  forget(userId: string): void {
    this.covariates.delete(userId);
    for (const arm of this.arms) arm.forget(userId);
  }

  private countOwn(isOwn: boolean): void {
    const [own, since, before] = this.own;
    if (isOwn) this.own = [own + 1, since + 1, before];
    else this.own = own > 0 ? [own, since + 1, before] : [own, since, before + 1];
  }

  private look(): void {
    this.slates++;
    if (this.slates % guardrailsEvery > 0) return;
    const [own, other] = this.arms;
    if (own.moments.users === 0 || other.moments.users === 0) return;
    this.rails = guardrails(own, other, this.chosen, this.limits);
  }

  /**
   * The evidence of the present phase.
   * @param share candidate's part of the pair's users, between 0 and 1; 0 if no user is assigned to
   * it
   * @param least fewest users of each arm at which the two are compared
   * @param alpha chance that the difference is ever wrong
   */
  evidence(share: number, least: number, alpha: number): PromotionEvidence {
    const [own, other] = this.arms;
    const [decided, since, before] = this.own;
    return {
      users: own.moments.users,
      difference:
        share === 0
          ? pairedDifference(own.moments, other.moments, this.cross, { least, alpha })
          : difference(own.moments, other.moments, { least, alpha }),
      incumbentMean: other.moments.mean,
      support:
        share === 0
          ? {
              effectiveUsers: own.moments.effectiveUsers,
              meanWeight: own.moments.slates / this.judged,
            }
          : null,
      ownShare: decided > 0 ? decided / since : before > 0 ? 0 : Number.NaN,
      sampleRatioP:
        share === 0
          ? 1
          : sampleRatioP([
              { users: own.moments.users, share },
              { users: other.moments.users, share: 1 - share },
            ]),
      guardrails: this.rails,
    };
  }

  save(): SavedExperiment {
    return {
      covariates: [...this.covariates],
      chosen: [...this.chosen],
      slates: this.slates,
      rails: this.rails,
      own: this.own,
      judged: this.judged,
      cross: [...this.cross.sums],
      arms: this.arms.map((arm) => arm.save()),
    };
  }
}

/** The saved sums between the arms; made anew from the users if an earlier version had none. */
function crossOf(saved?: SavedExperiment): CrossMoments {
  if (!saved || saved.cross) return new CrossMoments(saved?.cross);
  const cross = new CrossMoments();
  const others = new Map(saved.arms[1]?.totals);
  for (const [userId, totals] of saved.arms[0]?.totals ?? []) {
    const other = others.get(userId);
    if (other) cross.replace(undefined, [totals, other]);
  }
  return cross;
}

const shownBy = ({ items }: Example): [itemIds: string[], groups: string[]] => [
  items.map(({ itemId }) => itemId),
  items.flatMap(({ groups }) => groups),
];
