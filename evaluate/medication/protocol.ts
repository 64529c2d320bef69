// `millrace evaluate medication`: which drugs a stay brings. Of recommenders, for research: no advice.
import type { Protocol } from '../protocol.ts';
import { interactionsOf } from './interactions.ts';
import { nextDrugs } from './next-drugs.ts';
import { nextSets } from './next-sets.ts';

const UNITS = ['eicu', 'eicu-demo'];

export const medication: Protocol = {
  name: 'medication',
  doc: `Drugs of patients in hospital, for research on recommenders: never an advice on treatment.
mimic-iii, mimic-iv, mimic-demo: the drugs of each admission after a patient's first, as a set, from the
admissions before; other patients are learned, the own ones never before they are predicted. Jaccard, F1,
PRAUC (average precision). With --interactions, a CSV of drug_1,drug_2, the rate of interacting pairs, and
a row under a cap on it: half the rate of the admissions that were learned.
eicu, eicu-demo: the last new drug of each stay with five or more, among those it had not; other targets
are not learned. Recall@10, NDCG@10 of a list of ten, ties by id. Nothing is drawn, so every seed gives the
same figures.`,
  datasets: ['mimic-iii', 'mimic-iv', 'mimic-demo', ...UNITS],
  async run({ dataset, folder, seed, interactions, signal, progress }) {
    progress('For research on recommenders. These figures and lists are no advice on treatment.');
    const { n, rows } = UNITS.includes(dataset)
      ? await nextDrugs(dataset, folder, signal)
      : await nextSets(dataset, folder, await interactionsOf(interactions), signal);
    return { protocol: 'medication', dataset, n, seed, rows };
  },
};
