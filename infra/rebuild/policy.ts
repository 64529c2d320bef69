// Recreates a policy: its stage learns from the first record to the offsets that the latest snapshot
// stands for, and its parameters are compared with those of the snapshot, byte by byte.
import { createHash } from 'node:crypto';
import { MillraceError } from '../../schemas/errors.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { SnapshotTable } from '../../streams/engine/snapshot-table.ts';
import type { Stage } from '../../streams/engine/stage.ts';
import { tablesOf } from '../../streams/engine/table.ts';
import { eventsOf } from './events.ts';
import type { Rebuilt } from './rebuilt.ts';
import { type RebuildStreams, runThrough } from './run-through.ts';

const digest = (bytes: Uint8Array) => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  size: bytes.length,
});

/** Rebuilds a policy and compares it. @throws MillraceError `no-data`, `rebuild-incomplete` */
export async function rebuildPolicy(
  streams: RebuildStreams,
  stage: Stage,
  policy: string,
): Promise<Rebuilt> {
  const table = new SnapshotTable();
  await eventsOf(streams, snapshots, (chunk) => table.apply(chunk));
  const live = table.latest(policy);
  if (!live) {
    throw new MillraceError({
      code: 'no-data',
      what: `There is no snapshot of ${policy} yet.`,
      why: table.corrupt > 0 ? 'Those there are do not match their hashes.' : 'None was written.',
      todo: 'Let its stage learn from some examples first (`millrace run` and `millrace demo` do).',
    });
  }
  const until = stage.inputs.map(({ name }) => {
    const of = live.offsets.find(({ topic, partition }) => topic === name && partition === 0);
    return of?.offset ?? 0;
  });
  const task = await runThrough(streams, stage, 0, until, tablesOf([stage]));
  const [kept, made] = [digest(live.bytes), digest(task.logic.snapshot!.save())];
  return {
    name: policy,
    kind: 'policy',
    live: kept,
    rebuilt: made,
    equal: kept.sha256 === made.sha256,
    offsets: live.offsets,
  };
}
