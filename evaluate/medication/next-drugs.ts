// The last new drug of a stay: eICU.
import { readOrders, readStays, type UnitOrder } from '../../datasets/clinic/eicu.ts';
import { compareIds } from '../../datasets/log-row.ts';
import { readable } from '../../datasets/rows.ts';
import type { EvaluationRow } from '../../models/evaluation/evaluation.ts';
import { Figures } from '../../models/evaluation/figures.ts';
import { tableBaselines } from '../../models/evaluation/table-baselines.ts';
import { Ids } from '../../models/ids.ts';
import { type DrugStay, NextDrug } from '../../models/medication/next-drug.ts';
import { recallOf, setNdcg, topItems } from '../../models/metrics/sets.ts';

/** Fewest distinct drugs of a stay that is judged. */
const FEWEST = 5;

/** @throws MillraceError as `readOrders` */
export async function nextDrugs(
  dataset: string,
  folder: string,
  signal: AbortSignal,
): Promise<{ n: number; rows: EvaluationRow[] }> {
  const { stays, size, classes } = await readDrugStays(dataset, folder);
  // What is learned of a stay that is judged ends before its target.
  const learned = stays.map(({ drugs, ...stay }) => ({
    ...stay,
    drugs: drugs.length >= FEWEST ? drugs.slice(0, -1) : drugs,
    target: drugs.length >= FEWEST ? drugs.at(-1) : undefined,
  }));
  const ours = new NextDrug(size, classes, learned);
  const baselines = tableBaselines();
  for (const { drugs } of learned) {
    for (const [at, drug] of drugs.entries()) {
      for (const model of baselines) model.learn(drug, drugs.slice(0, at));
    }
  }
  const figures = new Figures();
  let n = 0;
  for (const { target, ...stay } of learned) {
    if (target === undefined) continue;
    signal.throwIfAborted();
    n += 1;
    const seen = new Set(stay.drugs);
    const add = (model: string, scores: ArrayLike<number>) => {
      const top = topItems(scores, 10, (drug) => seen.has(drug));
      const targets = new Set([target]);
      figures.add(model, { 'Recall@10': recallOf(top, targets), 'NDCG@10': setNdcg(top, targets) });
    };
    for (const model of baselines) add(model.name, model.scores(stay.drugs, size));
    add('millrace', ours.scores(stay));
  }
  return { n, rows: figures.rows() };
}

/** The stays, with drugs numbered in the order of their ids; cancelled orders do not count. */
async function readDrugStays(dataset: string, folder: string) {
  const known = await readStays(dataset, folder);
  const byStay = new Map<string, UnitOrder[]>();
  const classOf = new Map<string, string>();
  for await (const order of readable(readOrders(dataset, folder))) {
    if (order.cancelled) continue;
    byStay.set(order.visit, [...(byStay.get(order.visit) ?? []), order]);
    if (order.therapeuticClass !== '0') classOf.set(order.itemId, order.therapeuticClass);
  }
  const orders = [...byStay.values()].map((own) =>
    own.sort((a, b) => a.offset - b.offset || compareIds(a.itemId, b.itemId) || a.line - b.line),
  );
  const ids = [...new Set(orders.flat().map(({ itemId }) => itemId))].sort(compareIds);
  const drugs = new Ids(ids);
  const classNames = new Ids();
  const classes = ids.map((id) => (classOf.has(id) ? classNames.add(classOf.get(id)!) : -1));
  const stays = orders.map((own): DrugStay => {
    const { visit } = own[0]!;
    const stay = known.get(visit)!;
    const order = [...new Set(own.map(({ itemId }) => drugs.find(itemId)))];
    // Up to the order before the last new drug, nothing later of the patient is known.
    const last = own.find(({ itemId }) => drugs.find(itemId) === order.at(-1))!;
    const until =
      own.findLast(({ line, at }) => at <= last.at && line !== last.line)?.at ?? last.at;
    const before = orders
      .filter(([one]) => one!.visit !== visit)
      .filter(([one]) => known.get(one!.visit)!.hospitalStay === stay.hospitalStay)
      .flatMap((others) => others.filter(({ at }) => at <= until).map(({ itemId }) => itemId));
    return {
      drugs: order,
      groups: [stay.hospital, stay.unitType, stay.diagnosis],
      before: [...new Set(before.map((id) => drugs.find(id)))],
    };
  });
  return { stays, size: drugs.size, classes };
}
