// The stage that aligns the language model's policy: its head learns from each example that carries
// vectors, in offset order, so its parameters are a function of the log.
import { LlmPolicy } from '../../models/llm/policy.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import { writeSnapshot } from '../engine/snapshots.ts';
import { on, type SnapshotState, type Stage, type StageLogic } from '../engine/stage.ts';

/** Examples learned between two snapshots. */
const snapshotEvery = 100;

export function alignStage(): Stage {
  return {
    name: 'align',
    doc: "Aligns the language model's policy to what users clicked over what they skipped.",
    steps: ['align', 'snapshots'],
    inputs: [examples],
    outputs: [snapshots],
    stores: [],
    commitEveryMs: 200,
    flushOn: [],
    tables: [snapshotTable],
    create: () => new Align(),
  };
}

class Align implements StageLogic {
  readonly snapshot: SnapshotState = {
    policy: 'llm',
    load: (bytes) => {
      this.policy = LlmPolicy.load(bytes);
      this.written = this.policy.version;
    },
    save: () => this.policy.save(),
  };
  readonly handlers = [
    on(examples, (example, context, record) => {
      this.policy = this.policy.learn(example);
      if (this.policy.version - this.written < snapshotEvery) return;
      this.written = this.policy.version;
      writeSnapshot(context, record, example.closedAt, this.policy, this.snapshot.save());
    }),
  ];
  private policy = LlmPolicy.load();
  /** Version of the last snapshot. */
  private written = 0;
}
