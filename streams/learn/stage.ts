// The stage that learns: one writer, in offset order, so the parameters are a function of the log.
// Each example is predicted before it is learned (prequential), the baselines beside it.
import { loadLearner } from '../../models/bandit/millrace/learner.ts';
import { MeansBaseline } from '../../models/baseline/means.ts';
import { PopularityBaseline } from '../../models/baseline/popularity.ts';
import { type Learner, type Predictor, type Rank, rankTargets } from '../../models/learner.ts';
import { meanRank } from '../../models/metrics/ranking.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';
import { type Prediction, predictions } from '../../schemas/topics/predictions.ts';
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
import { joinParts, splitParts } from './parts.ts';
import { type LearnOptions, learnDefaults, SnapshotRule } from './snapshot-rule.ts';

export function learnStage(options: LearnOptions = learnDefaults): Stage {
  return {
    name: 'learn',
    doc: 'Predicts each example, then learns from it; writes snapshots of the policy.',
    steps: ['learn', 'snapshots'],
    inputs: [examples],
    outputs: [predictions, snapshots],
    stores: [],
    commitEveryMs: 200,
    flushOn: [],
    tables: [snapshotTable],
    create: () => new Learn(options),
  };
}

class Learn implements StageLogic {
  readonly snapshot: SnapshotState = {
    policy: 'millrace',
    load: (bytes) => this.load(bytes),
    save: () => joinParts([this.learner.save(), ...this.baselines.map((one) => one.save())]),
  };
  readonly handlers = [
    on(
      examples,
      (example, context, record) => this.learn(example, context, record),
      (userId, context, record) => this.forget(userId, context, record),
    ),
  ];
  private readonly rule: SnapshotRule;
  private learner: Learner = loadLearner();
  private baselines: readonly Predictor[] = [new PopularityBaseline(), new MeansBaseline()];

  constructor(options: LearnOptions) {
    this.rule = new SnapshotRule(options);
  }

  private learn(example: Example, context: Context, record: RecordMetadata): void {
    context.emit(predictions, this.predict(example));
    this.learner.learn(example);
    for (const baseline of this.baselines) baseline.learn(example);
    if (!this.rule.isDue(example)) return;
    writeSnapshot(context, record, example.closedAt, this.learner, this.snapshot.save());
  }

  /** Forgets a user; the snapshot that still had them is replaced at once. */
  private forget(userId: string, context: Context, record: RecordMetadata): void {
    for (const model of [this.learner, ...this.baselines]) model.forget?.(userId);
    this.rule.reset();
    writeSnapshot(context, record, lastTime(context), this.learner, this.snapshot.save());
  }

  private predict(example: Example): Prediction {
    const models = [this.learner, ...this.baselines];
    const columns = models.map((model) => model.predict(example));
    const values = this.learner.predictValues(example);
    return {
      impressionId: example.impressionId,
      userId: example.userId,
      at: example.at,
      version: this.learner.version,
      source: example.source,
      models: models.map(({ name }) => name),
      items: example.items.map(({ itemId, positive, reward, source }, i) => ({
        itemId,
        positive,
        reward,
        source,
        p: columns.map((column) => column[i]!),
        value: values[i]!,
      })),
      ...rankRecords(this.learner.rank(example, rankTargets(example))),
    };
  }

  private load(bytes: Uint8Array | undefined): void {
    const [policy, popularity, means] = bytes ? splitParts(bytes) : [];
    this.learner = loadLearner(policy);
    this.baselines = [new PopularityBaseline(popularity), new MeansBaseline(means)];
    this.rule.reset();
  }
}

/**
 * The policy's ranks and popularity's; their columns end before the baselines that do not rank.
 */
function rankRecords(ranks: readonly Rank[]): Pick<Prediction, 'ranks' | 'ties'> {
  return {
    ranks: ranks.map(({ itemId, candidates, rank, popularity }) => {
      return { itemId, candidates, rank: [meanRank(rank), meanRank(popularity)] };
    }),
    ties: ranks.map(({ rank, popularity }) => [rank.ties, popularity.ties]),
  };
}
