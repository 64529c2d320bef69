// The next item of a history, on Amazon's Industrial and Scientific.
import { type NextPurchase, readIndustrial } from '../../datasets/amazon-industrial.ts';
import { ItemKnn } from '../../models/baseline/item-knn.ts';
import type { Evaluation } from '../../models/evaluation/evaluation.ts';
import { Ids } from '../../models/ids.ts';
import {
  historyColumns,
  repeatColumns,
  textColumns,
} from '../../models/sequence/held-out/history-columns.ts';
import { type HeldOut, learnWeights } from '../../models/sequence/held-out/learn-weights.ts';
import type { Sequence } from '../../models/sequence/held-out/pairs.ts';
import { ItemTexts } from '../../models/sequence/held-out/text-columns.ts';
import { Timelines } from '../../models/sequence/held-out/timelines.ts';
import type { Judged } from '../protocol.ts';
import { HeldOutTable } from './table.ts';

interface Row {
  readonly userId: string;
  readonly history: Sequence;
  readonly target: number;
}

/**
 * The target of every row of test.csv among all items. Learned: histories and targets of valid.csv, and
 * histories of test.csv; of a user's histories in a file only the first, for a later one holds the target of
 * the row before. The weights are learned from the targets of valid.csv, by columns that learned the
 * histories of valid.csv alone. Strict: the targets of valid.csv are not learned by the columns.
 */
export async function industrialSequential({ folder, dataset, seed, signal, progress }: Judged) {
  const { valid, test, texts } = await readIndustrial(folder);
  const items = new Ids([...texts.keys()]);
  const rowOf = ({ userId, history, itemId }: NextPurchase): Row => {
    return { userId, history: history.map((id) => items.add(id)), target: items.add(itemId) };
  };
  const [before, after] = [valid.map(rowOf), test.map(rowOf)];
  const size = items.size;
  const none = { title: '', description: '', brand: '' };
  const known = new ItemTexts(items.names.map((id) => texts.get(id) ?? none));
  const columnsOf = (sequences: readonly Sequence[]) => [
    ...historyColumns(sequences, size),
    ...textColumns(sequences, known),
    ...repeatColumns(),
  ];
  const early = firstHistories(before);
  const weights = learnWeights(columnsOf(early.sequences), size, heldOut(before, early), { seed });
  progress('weights learned');
  const table = new HeldOutTable(size, signal);
  for (const name of ['', ', strict']) {
    const learned = name === '' ? new Timelines() : firstHistories(before);
    if (name === '')
      for (const one of before) learned.add(one.userId, [...one.history, one.target]);
    firstHistories(after, learned);
    const tests = heldOut(after, learned);
    if (name === '') table.baselines(learned.sequences, tests);
    else table.baselines(learned.sequences, tests, name, [new ItemKnn()]);
    const ours = weights.over(columnsOf(learned.sequences));
    table.judge(`millrace${name}`, tests, ({ moment, seen }) => ours.scores(moment, seen));
    progress(`millrace${name}: ${tests.length} rows ranked`);
  }
  const rows = table.rows();
  return { protocol: 'sequential', dataset, n: after.length, seed, rows } satisfies Evaluation;
}

/** The first history of each user. @param into to which they are added. @default new ones */
function firstHistories(rows: readonly Row[], into = new Timelines()): Timelines {
  const seen = new Set<string>();
  for (const { userId, history } of rows) {
    if (seen.has(userId)) continue;
    seen.add(userId);
    into.add(userId, history);
  }
  return into;
}

function heldOut(rows: readonly Row[], timelines: Timelines): HeldOut[] {
  return rows.map(({ userId, history, target }) => {
    return { moment: { history, own: timelines.own(userId) }, target, seen: [] };
  });
}
