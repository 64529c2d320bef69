// What `promote` knows of a candidate since its present stage began, and of everybody from before.
import { difference } from '../../models/experiment/difference.ts';
import { type Exposure, type Guardrail, guardrails } from '../../models/experiment/guardrails.ts';
import { ArmMoments, type UserTotals } from '../../models/experiment/moments.ts';
import type { Evidence } from '../../models/experiment/promotion.ts';
import { sampleRatioP } from '../../models/experiment/sample-ratio.ts';
import type { Example } from '../../schemas/topics/examples.ts';

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
    this.exposure = { items: new Map(saved?.items), groups: new Map(saved?.groups), latencyMs: 0 };
  }

  see({ userId, items }: Example, covariate: number): void {
    const before = this.totals.get(userId);
    const reward = items.filter(({ positive }) => positive).length;
    const after = {
      reward: (before?.reward ?? 0) + reward,
      slates: (before?.slates ?? 0) + 1,
      covariate,
    };
    this.moments.replace(before, after);
    this.totals.set(userId, after);
    for (const { itemId, groups } of items) {
      count(this.exposure.items, itemId);
      for (const group of groups) count(this.exposure.groups, group);
    }
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

export class Known {
  /** Rate of likes before the first slate served here, by user: later ones the arms have shaped. */
  private readonly covariates: Map<string, number>;
  private readonly chosen: Map<string, number>;
  private arms: readonly [candidate: Arm, incumbent: Arm];
  private slates: number;
  private rails: readonly Guardrail[];

  constructor(saved?: Saved) {
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
    this.arms[candidate ? 0 : 1].see(example, this.covariates.get(example.userId)!);
    this.slates++;
    if (this.slates % guardrailsEvery > 0) return;
    const [own, other] = this.arms;
    if (own.moments.users === 0 || other.moments.users === 0) return;
    this.rails = guardrails(own.exposure, other.exposure, this.chosen);
  }

  /** @param share the candidate's part of the pair's users, between 0 and 1 */
  evidence(share: number): Evidence {
    const [own, other] = this.arms;
    return {
      users: own.moments.users,
      difference: difference(own.moments, other.moments),
      sampleRatioP: sampleRatioP([
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

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
