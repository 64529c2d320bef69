// The stage that promotes: one writer, in offset order, so every step of a candidate is a function of
// the log. In `gate` and `shadow` it is judged by slates that others served.

import { ExperimentState, type SavedExperiment } from '../../models/experiment/experiment-state.ts';
import type { Limits } from '../../models/experiment/guardrails.ts';
import {
  alphaOf,
  candidateShare,
  isOver,
  nextPhase,
  type PromotionEvidence,
  type PromotionPhase,
  type PromotionRules,
  promotionRules,
} from '../../models/experiment/promotion.ts';
import type { OutcomeSource } from '../../models/outcomes.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';
import { type Experiment, experiments } from '../../schemas/topics/experiments.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import { lastTime, writeSnapshot } from '../engine/snapshots.ts';
import {
  type Context,
  on,
  type RecordMetadata,
  type SnapshotState,
  type Stage,
  type StageLogic,
} from '../engine/stage.ts';

export interface PromoteOptions {
  readonly experimentId: string;
  /** Name of a variant of `serve`; an incumbent has one candidate at a time. */
  readonly candidate: string;
  readonly incumbent: string;
  /**
   * Share of the users that incumbent and candidate have together, in the unit of the variants'
   * shares.
   */
  readonly share: number;
  /** Salt of the assignment of users; the same as in `serve`. */
  readonly salt: string;
  /** Whose outcomes it is judged by: people's, or a simulator's; never both. @default 'logged' */
  readonly outcomes?: OutcomeSource;
  /** Rules by which the candidate goes from phase to phase. @default promotionRules */
  readonly rules?: PromotionRules;
  /** Limits of the guardrails, which the candidate may not break. @default guardrailLimits */
  readonly limits?: Partial<Limits>;
}

/** The stage's snapshot is written every 500 slates that were served. */
const snapshotEvery = 500;

const statuses: Partial<Record<PromotionPhase, Experiment['status']>> = {
  promoted: 'promoted',
  rolledBack: 'rolledBack',
  stopped: 'ended',
  undecided: 'ended',
};

export function promoteStage(options: PromoteOptions): Stage {
  return {
    name: `promote-${options.experimentId}`,
    doc: 'Takes a candidate by gate, shadow, canary and A/B into service, or out of it; audits why it stays.',
    steps: ['promote', 'snapshots'],
    inputs: [examples],
    outputs: [experiments, snapshots, audit],
    stores: [],
    commitEveryMs: 200,
    flushOn: [],
    tables: [snapshotTable],
    create: () => new Promote(options),
  };
}

class Promote implements StageLogic {
  readonly snapshot: SnapshotState;
  readonly handlers = [
    on(
      examples,
      (example, context, record) => this.judge(example, context, record),
      (userId, context, record) => this.forget(userId, context, record),
    ),
  ];
  private readonly options: PromoteOptions;
  private readonly rules: PromotionRules;
  private experiment: ExperimentState;
  /** The candidate's phase; undefined before the first slate that was served. */
  private phase: PromotionPhase | undefined;
  /** Event time at which the phase began, ms: slates decided before it do not count for it. */
  private since = 0;
  /** Why it stays in its phase; empty before that was said. */
  private stays = '';
  private served = 0;

  constructor(options: PromoteOptions) {
    this.options = options;
    this.rules = options.rules ?? promotionRules;
    this.experiment = this.stateOf();
    this.snapshot = {
      policy: `promote-${options.experimentId}`,
      load: (bytes) => this.load(bytes),
      save: () => this.save(),
    };
  }

  private judge(example: Example, context: Context, record: RecordMetadata): void {
    this.experiment.remember(example);
    if (example.servedBy !== 'served') return;
    this.served++;
    const begun = this.phase;
    if (begun === undefined) this.enter('gate', 'begun', null, example, context);
    else this.look(begun, example, context);
    if (this.phase !== begun || this.served % snapshotEvery === 0) {
      const as = { name: this.snapshot.policy, version: this.served };
      writeSnapshot(context, record, example.closedAt, as, this.save());
    }
  }

  /** Forgets a user; the snapshot that still had them is replaced at once. */
  private forget(userId: string, context: Context, record: RecordMetadata): void {
    this.experiment.forget(userId);
    const as = { name: this.snapshot.policy, version: this.served };
    writeSnapshot(context, record, lastTime(context), as, this.save());
  }

  private look(phase: PromotionPhase, example: Example, context: Context): void {
    const { candidate, incumbent } = this.options;
    const { variant, at } = example;
    if (isOver(phase) || at <= this.since) return;
    const share = candidateShare(phase, this.rules);
    if (share === 0) this.experiment.seeOffPolicy(example, candidate, incumbent);
    else if (variant === candidate || variant === incumbent) {
      this.experiment.see(example, variant === candidate);
    } else return;
    const alpha = alphaOf(phase, this.rules);
    const evidence = this.experiment.evidence(share, this.rules.least.arm, alpha);
    const next = nextPhase(phase, evidence, this.rules);
    if (next.phase === phase) this.stay(next.reason, evidence, example, context);
    else this.enter(next.phase, next.reason, evidence, example, context);
  }

  /** Says why the candidate stays, once until the reason is another. */
  private stay(
    reason: string,
    { users }: PromotionEvidence,
    { closedAt }: Example,
    context: Context,
  ): void {
    if (reason === this.stays) return;
    this.stays = reason;
    context.emit(audit, {
      at: closedAt,
      kind: 'promotion',
      component: this.snapshot.policy,
      name: `${this.phase}: ${reason}`,
      value: users,
      count: this.served,
    });
  }

  private enter(
    phase: PromotionPhase,
    reason: string,
    evidence: PromotionEvidence | null,
    { closedAt }: Example,
    context: Context,
  ): void {
    const { experimentId, candidate, incumbent, share, salt } = this.options;
    const own = candidateShare(phase, this.rules);
    context.emit(experiments, {
      experimentId,
      at: closedAt,
      salt,
      arms: [
        { variant: candidate, policy: candidate, share: share * own },
        { variant: incumbent, policy: incumbent, share: share * (1 - own) },
      ],
      status: statuses[phase] ?? 'running',
      phase,
      evidence: JSON.stringify({ reason, from: this.phase ?? null, ...evidence }),
    });
    this.phase = phase;
    this.stays = '';
    this.since = closedAt;
    this.experiment.restart();
  }

  private save(): Uint8Array {
    const { phase, since, served, stays } = this;
    return Buffer.from(
      JSON.stringify({ stage: phase, since, served, stays, known: this.experiment.save() }),
    );
  }

  private load(bytes: Uint8Array | undefined): void {
    const saved = bytes && JSON.parse(Buffer.from(bytes).toString('utf8'));
    this.phase = saved?.stage;
    this.since = saved?.since ?? 0;
    this.served = saved?.served ?? 0;
    this.stays = saved?.stays ?? '';
    this.experiment = this.stateOf(saved?.known);
  }

  private stateOf(saved?: SavedExperiment): ExperimentState {
    const { limits, outcomes } = this.options;
    return new ExperimentState({ ...(limits && { limits }), ...(outcomes && { outcomes }) }, saved);
  }
}
