// Drug sets by admission: MIMIC.
import { readAdmissions } from '../../datasets/clinic/mimic.ts';
import type { EvaluationRow } from '../../models/evaluation/evaluation.ts';
import { Figures } from '../../models/evaluation/figures.ts';
import { tableBaselines } from '../../models/evaluation/table-baselines.ts';
import { Ids } from '../../models/ids.ts';
import { DrugCounts, type DrugSet } from '../../models/medication/drug-counts.ts';
import { Interactions, interactionRate } from '../../models/medication/interactions.ts';
import { NextStay } from '../../models/medication/next-stay.ts';
import { averagePrecision, f1, jaccard } from '../../models/metrics/set-agreement.ts';
import { topItems } from '../../models/metrics/sets.ts';

/** Largest number of parts that the patients are cut into; each is judged by what the others teach. */
const PARTS = 20;
/** Name of ours, as in `config`. */
const OURS = 'millrace';
const CAPPED = 'millrace, interactions capped';

interface Scored {
  readonly scores: ArrayLike<number>;
  readonly set: readonly number[];
}

/**
 * @param table names of drugs that interact
 * @throws MillraceError as `readAdmissions`
 */
export async function nextSets(
  dataset: string,
  folder: string,
  table: readonly (readonly [string, string])[] | null,
  signal: AbortSignal,
): Promise<{ n: number; rows: EvaluationRow[] }> {
  const { patients, drugs } = await readPatients(dataset, folder);
  const known = (table ?? []).filter((pair) => pair.every((name) => drugs.find(name) >= 0));
  const interactions = new Interactions(
    known.map(([one, other]) => [drugs.find(one), drugs.find(other)] as const),
  );
  const judged = patients.filter((stays) => stays.length > 1);
  const parts = Math.min(PARTS, judged.length);
  const figures = new Figures();
  const sets = new Map<string, (readonly number[])[]>();
  let n = 0;
  for (let part = 0; part < parts; part++) {
    signal.throwIfAborted();
    const own = new Set(judged.filter((_, i) => i % parts === part));
    const others = patients.filter((stays) => !own.has(stays));
    const limit = interactionRate(others.flat(), interactions) / 2;
    const predict = modelsOf(others, drugs.size, interactions, limit, table !== null);
    for (const stays of own) {
      for (let at = 1; at < stays.length; at++) {
        n += 1;
        const target = new Set(stays[at]);
        for (const [model, { scores, set }] of Object.entries(predict(stays.slice(0, at)))) {
          figures.add(model, {
            Jaccard: jaccard(set, target),
            F1: f1(set, target),
            PRAUC: averagePrecision(scores, target),
            drugs: set.length,
          });
          sets.set(model, [...(sets.get(model) ?? []), set]);
        }
      }
    }
  }
  const rates = [...sets].map(([model, of]): EvaluationRow => {
    return { model, metric: 'DDI', span: 'all', value: interactionRate(of, interactions) };
  });
  return { n, rows: table === null ? figures.rows() : [...figures.rows(), ...rates] };
}

/** Admissions by patient, oldest first, of drugs numbered in the order of their names. */
async function readPatients(dataset: string, folder: string) {
  const admissions = await readAdmissions(dataset, folder);
  const names = [...new Set(admissions.flatMap(({ drugs }) => [...drugs]))].sort();
  const drugs = new Ids(names);
  const byPatient = new Map<string, DrugSet[]>();
  for (const { userId, drugs: own } of admissions) {
    const stays = byPatient.get(userId) ?? [];
    byPatient.set(userId, stays);
    stays.push([...own].map((name) => drugs.find(name)).sort((a, b) => a - b));
  }
  return { patients: [...byPatient.values()], drugs };
}

/** Learns the models from patients. @returns what each says of a patient's next admission */
function modelsOf(
  patients: readonly (readonly DrugSet[])[],
  size: number,
  interactions: Interactions,
  limit: number,
  withCap: boolean,
): (earlier: readonly DrugSet[]) => Record<string, Scored> {
  const ours = new NextStay(size, new DrugCounts(size, patients.flat()), patients);
  const baselines = tableBaselines();
  for (const stays of patients) {
    const history: number[] = [];
    for (const drug of stays.flat()) {
      for (const model of baselines) model.learn(drug, history);
      history.push(drug);
    }
  }
  return (earlier) => {
    const last = earlier.at(-1)!;
    const history = earlier.flat();
    const said: Record<string, Scored> = {};
    for (const model of baselines) {
      // The last action is the last admission, all of its drugs once more.
      const scores =
        model.name === 'last action'
          ? Float64Array.from({ length: size }, (_, drug) => (last.includes(drug) ? 1 : 0))
          : Float64Array.from(model.scores(history, size));
      // A baseline names as many drugs as the last admission had.
      said[model.name] = { scores, set: topItems(scores, last.length) };
    }
    const scores = ours.scores(earlier);
    const set = ours.set(scores);
    said[OURS] = { scores, set };
    if (withCap) said[CAPPED] = { scores, set: interactions.capped(set, limit) };
    return said;
  };
}
