// What `promote` knows of a candidate since its present stage began, and of everybody from before.
import { difference } from '../../models/experiment/difference.ts';
import {
  type Exposure,
  type Guardrail,
  guardrailLimits,
  guardrails,
  type Limits,
} from '../../models/experiment/guardrails.ts';
import { ArmMoments, type UserTotals } from '../../models/experiment/moments.ts';
import { offPolicy, type Weighted } from '../../models/experiment/off-policy.ts';
import type { PromotionEvidence } from '../../models/experiment/promotion.ts';
import { sampleRatioP } from '../../models/experiment/sample-ratio.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import type { ShadowSlate } from '../../schemas/topics/impressions.ts';

/** Slates between two looks at the guardrails, which cost as much as there are items. */
const guardrailsEvery = 20;

interface Saved {
  readonly covariates: [string, number][];
  readonly chosen: [string, number][];
  readonly slates: number;
  readonly rails: readonly Guardrail[];
  readonly arms: {
    readonly sums: number[];
    readonly totals: [string, UserTotals][];
    readonly items: [string, number][];
    readonly groups: [string, number][];
  }[];
}

/** An arm since the stage began. */
class Arm {
  readonly moments: ArmMoments;
  readonly totals: Map<string, UserTotals>;
  readonly exposure: Exposure & {
    readonly items: Map<string, number>;
    readonly groups: Map<string, number>;
  };

  constructor(saved?: Saved['arms'][number]) {
    this.moments = new ArmMoments(saved?.sums);
    this.totals = new Map(saved?.totals);
    // Examples do not say how long a decision took: the guardrail of latency never breaks here.
    this.exposure = {
      items: new Map(saved?.items),
      groups: new Map(saved?.groups),
      latencyMs: 0,
    };
  }

  earned(userId: string, covariate: number, { reward, slates }: Weighted): void {
    const before = this.totals.get(userId);
    const after = {
      reward: (before?.reward ?? 0) + reward,
      slates: (before?.slates ?? 0) + slates,
      covariate,
    };
    this.moments.replace(before, after);
    this.totals.set(userId, after);
  }

  showed({ itemIds, groups }: Omit<ShadowSlate, 'variant'>): void {
    for (const itemId of itemIds) count(this.exposure.items, itemId);
    for (const group of groups) count(this.exposure.groups, group);
  }

  save(): Saved['arms'][number] {
    return {
      sums: [...this.moments.sums],
      totals: [...this.totals],
      items: [...this.exposure.items],
      groups: [...this.exposure.groups],
    };
  }
}

export class ExperimentState {
  /** Rate of likes before the first slate served here, by user: later ones the arms have shaped. */
  private readonly covariates: Map<string, number>;
  private readonly chosen: Map<string, number>;
  private readonly limits: Limits;
  private arms: readonly [candidate: Arm, incumbent: Arm];
  private slates: number;
  private rails: readonly Guardrail[];

  constructor(limits?: Partial<Limits>, saved?: Saved) {
    this.limits = { ...guardrailLimits, ...limits };
    this.covariates = new Map(saved?.covariates);
    this.chosen = new Map(saved?.chosen);
    this.slates = saved?.slates ?? 0;
    this.rails = saved?.rails ?? [];
    this.arms = [new Arm(saved?.arms[0]), new Arm(saved?.arms[1])];
  }

  /** Another stage begins. */
  restart(): void {
    this.arms = [new Arm(), new Arm()];
    this.slates = 0;
    this.rails = [];
  }

  /** Of every example, whoever served it. */
  remember({ origin, userId, items, state }: Example): void {
    if (origin === 'served') {
      if (!this.covariates.has(userId)) {
        this.covariates.set(userId, (state.positives + 1) / (state.feedbacks + 2));
      }
      return;
    }
    for (const { positive, groups } of items) {
      if (positive) for (const group of groups) count(this.chosen, group);
    }
  }

  /** An example of one of the two arms, decided in this stage. */
  see(example: Example, candidate: boolean): void {
    const { userId, items } = example;
    const arm = this.arms[candidate ? 0 : 1];
    const reward = items.filter(({ positive }) => positive).length;
    arm.earned(userId, this.covariates.get(userId)!, { reward, slates: 1 });
    arm.showed(slateOf(example));
    this.look();
  }

  /**
   * An example of whatever arm: what each of the two would have had of it. What the candidate would have
   * shown was drawn at the decision; what the incumbent shows is in its own slates.
   */
  seeOffPolicy(example: Example, candidate: string, incumbent: string): void {
    const { userId, variant, shadowSlates } = example;
    const pair = [candidate, incumbent].map((name) => offPolicy(example, name));
    if (!pair[0] || !pair[1]) return; // decided before the two were at hand
    const covariate = this.covariates.get(userId)!;
    for (const [i, weighted] of pair.entries()) {
      this.arms[i]!.earned(userId, covariate, weighted!);
    }
    const drawn = shadowSlates.find((slate) => slate.variant === candidate);
    if (drawn) this.arms[0].showed(drawn);
    if (variant === incumbent) this.arms[1].showed(slateOf(example));
    this.look();
  }

  private look(): void {
    this.slates++;
    if (this.slates % guardrailsEvery > 0) return;
    const [own, other] = this.arms;
    if (own.moments.users === 0 || other.moments.users === 0) return;
    this.rails = guardrails(own.exposure, other.exposure, this.chosen, this.limits);
  }

  /**
   * @param share the candidate's part of the pair's users, between 0 and 1; 0 where nobody is assigned
   * @param least users that each arm needs before the two are compared
   */
  evidence(share: number, least: number): PromotionEvidence {
    const [own, other] = this.arms;
    return {
      users: own.moments.users,
      difference: difference(own.moments, other.moments, { least }),
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

  save(): Saved {
    return {
      covariates: [...this.covariates],
      chosen: [...this.chosen],
      slates: this.slates,
      rails: this.rails,
      arms: this.arms.map((arm) => arm.save()),
    };
  }
}

const slateOf = ({ items }: Example) => ({
  itemIds: items.map(({ itemId }) => itemId),
  groups: items.flatMap(({ groups }) => groups),
});

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
