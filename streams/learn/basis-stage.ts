// The stage that fits the bases of the item vectors. It alone does, in the order of the topic, and publishes
// them as a snapshot: every process works in the same space, whatever it saw first.
import { Bases } from '../../models/llm/bases.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { SnapshotCache } from '../engine/snapshot-cache.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import { writeSnapshot } from '../engine/snapshots.ts';
import { on, type SnapshotState, type Stage, type StageLogic } from '../engine/stage.ts';

/** Name under which the bases are kept in the topic `snapshots`. */
const policy = 'llm-basis';

export function basisStage(): Stage {
  return {
    name: 'basis',
    doc: "Fits a basis to each language model's first vectors, so that every process has one space.",
    steps: ['basis', 'snapshots'],
    inputs: [itemVectors],
    outputs: [snapshots],
    stores: [],
    commitEveryMs: 200,
    flushOn: [],
    tables: [snapshotTable],
    create: () => new FitBases(),
  };
}

/** The bases that were published last. */
export const publishedBases = (): SnapshotCache<Bases> =>
  new SnapshotCache(policy, Bases.load(), Bases.load);

class FitBases implements StageLogic {
  readonly snapshot: SnapshotState = {
    policy,
    load: (bytes) => {
      this.bases = Bases.load(bytes);
    },
    save: () => this.bases.save(),
  };
  readonly handlers = [
    on(itemVectors, (vector, context, record) => {
      if (!this.bases.take(vector)) return;
      writeSnapshot(context, record, vector.at, this.bases, this.snapshot.save());
    }),
  ];
  private bases = Bases.load();
}
