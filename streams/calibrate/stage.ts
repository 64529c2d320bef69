// The stage that calibrates the simulator on logged feedback: predicts each logged slate, then
// learns from it, so its fidelity is measured on outcomes it had not seen.
import { realPart } from '../../models/outcomes.ts';
import { Simulator } from '../../models/reward/simulator.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import { writeSnapshot } from '../engine/snapshots.ts';
import {
  type Context,
  on,
  type RecordMetadata,
  type SnapshotState,
  type Stage,
  type StageLogic,
} from '../engine/stage.ts';

/** The simulator's snapshot is written every 500 logged examples. */
const snapshotEvery = 500;

export function calibrateStage(): Stage {
  return {
    name: 'calibrate',
    doc: 'Calibrates the simulator on logged feedback, predicting before it learns; audits its fidelity.',
    steps: ['calibrate', 'snapshots'],
    inputs: [examples],
    outputs: [predictions, snapshots, audit],
    stores: [],
    commitEveryMs: 200,
    flushOn: [],
    tables: [snapshotTable],
    create: () => new Calibrate(),
  };
}

class Calibrate implements StageLogic {
  readonly snapshot: SnapshotState = {
    policy: 'simulator',
    load: (bytes) => {
      this.simulator = Simulator.load(bytes);
      this.since = 0;
    },
    save: () => this.simulator.save(),
  };
  readonly handlers = [
    on(examples, (example, context, record) => this.calibrate(example, context, record)),
  ];
  private simulator = Simulator.load();
  private since = 0;

  private calibrate(example: Example, context: Context, record: RecordMetadata): void {
    // What it answered itself teaches it nothing.
    const real = realPart(asSeen(example));
    if (real.items.length === 0 || example.servedBy === 'served') return;
    const version = this.simulator.version;
    this.simulator.seeBy(example.simulatorView?.model ?? '');
    const p = this.simulator.learn(real);
    context.emit(predictions, {
      impressionId: example.impressionId,
      userId: example.userId,
      at: example.at,
      version,
      source: 'logged',
      models: [this.simulator.name],
      items: real.items.map(({ itemId, positive, reward }, i) => ({
        ...{ itemId, positive, reward, source: 'logged' as const },
        p: [p[i]!],
        value: null,
      })),
      ranks: [],
      ties: [],
    });
    this.since++;
    if (this.since < snapshotEvery) return;
    this.since = 0;
    writeSnapshot(context, record, example.closedAt, this.simulator, this.snapshot.save());
    this.report(context, example.closedAt);
  }

  /**
   * Reports the figures behind the weight of the simulator's rewards; at weight 0 they count for
   * nothing.
   */
  private report(context: Context, at: number): void {
    const { auc, lower, calibrationError, weight } = this.simulator.fidelity();
    const count = this.simulator.version;
    for (const [name, value] of Object.entries({
      auc,
      aucLower: lower,
      calibrationError,
      weight,
    })) {
      context.emit(audit, { at, kind: 'fidelity', component: 'calibrate', name, value, count });
    }
  }
}

/**
 * The example with similarities by the simulator's own model; unchanged if it shares the
 * representer's.
 */
function asSeen(example: Example): Example {
  const { simulatorView: view, items } = example;
  if (view === null) return example;
  const seen = items.map((item, i) => ({ ...item, similarity: view.similarities[i] ?? null }));
  return { ...example, items: seen };
}
