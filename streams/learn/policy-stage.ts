// The stage of any policy that learns: one writer, in offset order, so its parameters are a function of
// the log. One that predicts clicks says what it expects of each example before it learns from it.
import type { PolicyEntry } from '../../models/policies.ts';
import type { LearningPolicy, PolicyKind } from '../../models/policy.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
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
import { type LearnOptions, learnDefaults, SnapshotRule } from './snapshot-rule.ts';

/** @param entry the registry's entry of the policy, which must have a source of its own */
export function policyStage(
  { name, doc, source }: PolicyEntry & { readonly source: PolicyKind },
  options: LearnOptions = learnDefaults,
): Stage {
  const predicts = source.create().predict !== undefined;
  return {
    name: `learn-${name}`,
    doc: `Learns the policy ${name} and writes its snapshots. ${doc}`,
    steps: [`learn-${name}`, 'snapshots'],
    inputs: [examples],
    outputs: predicts ? [predictions, snapshots] : [snapshots],
    stores: [],
    commitEveryMs: 200,
    flushOn: [],
    tables: [snapshotTable],
    create: () => new LearnPolicy(source, options),
  };
}

class LearnPolicy implements StageLogic {
  readonly snapshot: SnapshotState;
  readonly handlers = [
    on(
      examples,
      (example, context, record) => this.learn(example, context, record),
      (userId, context, record) => this.forget(userId, context, record),
    ),
  ];
  private policy: LearningPolicy;
  /** Version of the snapshot written last. */
  private written = 0;
  private readonly rule: SnapshotRule;

  constructor(source: PolicyKind, options: LearnOptions) {
    this.policy = source.create();
    this.rule = new SnapshotRule(options);
    this.snapshot = {
      policy: source.name,
      load: (bytes) => {
        this.policy = bytes ? source.load(bytes) : source.create();
        this.written = this.policy.version;
        this.rule.reset();
      },
      save: () => this.policy.save(),
    };
  }

  private learn(example: Example, context: Context, record: RecordMetadata): void {
    this.predict(example, context);
    this.policy.learn(example);
    // A head passes by examples without vectors: nothing new needs no snapshot.
    if (!this.rule.isDue(example) || this.policy.version === this.written) return;
    this.written = this.policy.version;
    writeSnapshot(context, record, example.closedAt, this.policy, this.snapshot.save());
  }

  /** Forgets a user; the snapshot that still had them is replaced at once. */
  private forget(userId: string, context: Context, record: RecordMetadata): void {
    if (!this.policy.forget) return;
    this.policy.forget(userId);
    this.rule.reset();
    this.written = this.policy.version;
    writeSnapshot(context, record, lastTime(context), this.policy, this.snapshot.save());
  }

  private predict(example: Example, context: Context): void {
    const { name, version } = this.policy;
    const p = this.policy.predict?.(example);
    if (!p) return;
    const { impressionId, userId, at, source, items } = example;
    context.emit(predictions, {
      ...{ impressionId, userId, at, version, source },
      models: [name],
      items: items.map(({ itemId, positive, reward, source: ofItem }, i) => ({
        ...{ itemId, positive, reward, source: ofItem },
        p: [p[i]!],
        value: null,
      })),
      ranks: [],
      ties: [],
    });
  }
}
