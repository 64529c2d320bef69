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
import { Timelines } from '../../models/sequence/held-out/timelines.ts';
import type { Judged } from '../protocol.ts';
import { HeldOutTable } from './table.ts';

interface Row {
  readonly userId: string;
  readonly history: Sequence;
  readonly target: number;
}

/** What is learned before test.csv is asked, by the end of a model's name. */
const VARIANTS = {
  '': { targets: true, later: true },
  ', strict': { targets: false, later: true },
  ', no later histories': { targets: true, later: false },
} as const;

/**
 * The target of every row of test.csv among all items. Learned: histories and targets of valid.csv, and
 * histories of test.csv. The weights are learned from the targets of valid.csv, by columns that learned
 * the histories of valid.csv alone. Strict: the targets of valid.csv are not learned by the columns. No
 * later histories: of each user of a file only the first, for a later one tells the target of the one before.
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
  const itemTexts = items.names.map((id) => texts.get(id) ?? none);
  const columnsOf = (sequences: readonly Sequence[]) => [
    ...historyColumns(sequences, size),
    ...textColumns(sequences, itemTexts),
    ...repeatColumns(),
  ];
  const table = new HeldOutTable(size, signal);
  for (const [name, { targets, later }] of Object.entries(VARIANTS)) {
    const early = new Timelines();
    addHistories(early, before, later);
    const asked = heldOut(before, early);
    const weights = learnWeights(columnsOf(early.sequences), size, asked, { seed });
    const known = new Timelines();
    if (targets) for (const one of before) known.add(one.userId, [...one.history, one.target]);
    else addHistories(known, before, later);
    addHistories(known, after, later);
    const tests = heldOut(after, known);
    if (name === '') table.baselines(known.sequences, tests);
    else table.baselines(known.sequences, tests, name, [new ItemKnn()]);
    const ours = weights.over(columnsOf(known.sequences));
    table.judge(`millrace${name}`, tests, ({ moment, seen }) => ours.scores(moment, seen));
    progress(`millrace${name}: ${tests.length} rows ranked`);
  }
  const rows = table.rows();
  return { protocol: 'sequential', dataset, n: after.length, seed, rows } satisfies Evaluation;
}

/** @param later whether a user's rows after the first are added as well */
function addHistories(timelines: Timelines, rows: readonly Row[], later: boolean): void {
  const seen = new Set<string>();
  for (const { userId, history } of rows) {
    if (!later && seen.has(userId)) continue;
    seen.add(userId);
    timelines.add(userId, history);
  }
}

function heldOut(rows: readonly Row[], timelines: Timelines): HeldOut[] {
  return rows.map(({ userId, history, target }) => {
    return { moment: { history, own: timelines.own(userId) }, target, seen: [] };
  });
}
