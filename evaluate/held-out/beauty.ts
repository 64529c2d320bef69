// Leave-one-out on the sequences of Beauty.txt.
import { readSequences } from '../../datasets/amazon-sequences.ts';
import { readable } from '../../datasets/rows.ts';
import { ItemKnn } from '../../models/baseline/item-knn.ts';
import type { Evaluation } from '../../models/evaluation/evaluation.ts';
import { Ids } from '../../models/ids.ts';
import { historyColumns } from '../../models/sequence/held-out/history-columns.ts';
import { type HeldOut, learnWeights } from '../../models/sequence/held-out/learn-weights.ts';
import type { Sequence } from '../../models/sequence/held-out/pairs.ts';
import type { Judged } from '../protocol.ts';
import { HeldOutTable } from './table.ts';

/** Fewest items of a user who counts: the last, the one before, and one to learn from. */
const FEWEST = 3;
const MORE = ', one more learned';

/**
 * Each user's last item. Strict: the item before the last is in the history that is asked with, but not
 * learned; the weights are learned with it as the target, from columns that learned all but the last
 * three.
 */
export async function beautyBatch({ folder, dataset, seed, signal, progress }: Judged) {
  const items = new Ids();
  const sequences: Sequence[] = [];
  for await (const { items: own } of readable(readSequences(folder))) {
    const sequence = own.map((id) => items.add(id));
    if (sequence.length >= FEWEST) sequences.push(sequence);
  }
  const size = items.size;
  const without = (last: number) => sequences.map((one) => one.slice(0, one.length - last));
  const heldOut = (last: number) =>
    sequences.map((one, own): HeldOut => {
      const history = one.slice(0, one.length - last);
      return { moment: { history, own }, target: one[one.length - last]!, seen: history };
    });
  const blend = learnWeights(historyColumns(without(3), size), size, heldOut(2), { seed });
  progress('weights learned');
  const tests = heldOut(1);
  const table = new HeldOutTable(size, signal);
  table.baselines(without(2), tests);
  for (const [name, last] of [
    ['millrace', 2],
    [`millrace${MORE}`, 1],
  ] as const) {
    const ours = blend.over(historyColumns(without(last), size));
    table.judge(name, tests, ({ moment, seen }) => ours.scores(moment, seen));
    progress(`${name}: ${tests.length} users ranked`);
  }
  table.baselines(without(1), tests, MORE, [new ItemKnn()]);
  const rows = table.rows();
  return { protocol: 'batch', dataset, n: tests.length, seed, rows } satisfies Evaluation;
}
