// MIMIC-III and MIMIC-IV: prescriptions of patients in hospital. Johnson et al. 2016; Johnson et al. 2023.
import type { Item } from '../../schemas/topics/items.ts';
import type { Dataset } from '../dataset.ts';
import { BadField, idField } from '../fields.ts';
import { needFile } from '../files.ts';
import { checkLog, type LogFormat, openLog } from '../open-log.ts';
import { type Read, readable, readRows } from '../rows.ts';
import { clinicalTime } from './clinical-time.ts';
import { type DrugOrder, drugOrders, ORDER_WINDOW_MS, OrderSteps } from './orders.ts';

/** An edition of the set: they differ in names of files and columns. */
interface Edition {
  readonly name: string;
  readonly title: string;
  /** Column with the time of a prescription. */
  readonly start: string;
}

const III = { title: 'MIMIC-III (Johnson et al. 2016)', start: 'startdate' };
const IV = { title: 'MIMIC-IV (Johnson et al. 2023)', start: 'starttime' };

const PRESCRIPTIONS = ['PRESCRIPTIONS.csv', 'prescriptions.csv', 'hosp/prescriptions.csv'];
const ADMISSIONS = ['ADMISSIONS.csv', 'admissions.csv', 'hosp/admissions.csv'];

/** A drug's id: its name in lower case, for the files write one drug in several ways. */
const drugId = (name: string) => name.toLowerCase();

function prescriptionsOf({ name, start }: Edition, folder: string) {
  const columns = ['subject_id', 'hadm_id', start, 'drug_type', 'drug'];
  const parse = (fields: string[], line: number): DrugOrder & { drug: string; type: string } => {
    const [user = '', visit = '', time = '', type = '', drug = ''] = fields;
    if (drug.trim() === '') throw new BadField('it names no drug');
    return {
      at: clinicalTime(start, time),
      userId: idField('subject_id', user),
      visit: idField('hadm_id', visit),
      itemId: drugId(drug),
      cancelled: false,
      line,
      drug,
      type: type.toLowerCase(),
    };
  };
  return (async function* () {
    const path = await needFile(name, folder, PRESCRIPTIONS);
    yield* readRows(path, { columns, anyCase: true }, parse);
  })();
}

/** The log of an edition, under a name of its own on the command line. */
function mimicLog(edition: Edition): Dataset {
  const format: LogFormat<DrugOrder> = {
    dataset: edition.name,
    reads: (folder) => prescriptionsOf(edition, folder),
    sorting: drugOrders,
    attributionWindowMs: ORDER_WINDOW_MS,
    stepper: () => new OrderSteps(edition.name),
  };
  return {
    name: edition.name,
    doc: `${edition.title}: prescriptions, plain or compressed, also in the folder hosp. The drugs that were
prescribed to a patient for the same time are an impression; each is its own feedback, worth 1. An
admission is a session. Times are as the set has them, shifted by its authors to another century. The
logging policy is a physician, whose propensities are estimated from the popularity before. For research
on recommenders: never an advice on treatment.`,
    attributionWindowMs: ORDER_WINDOW_MS,
    items: (folder) => drugsOf(edition, folder),
    check: (folder) => checkLog(format, folder),
    open: (folder, options) => openLog(format, folder, options),
  };
}

/** The catalogue: each drug where it first appears. Memory: one name a drug. */
async function* drugsOf(edition: Edition, folder: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const { itemId, drug, type } of readable(prescriptionsOf(edition, folder))) {
    if (seen.has(itemId)) continue;
    seen.add(itemId);
    const groups = type === '' ? [] : [type];
    yield {
      itemId,
      at: 0,
      title: drug,
      text: [drug, ...groups].join(', '),
      groups,
      attributes: {},
    };
  }
}

export const mimicIII = mimicLog({ name: 'mimic-iii', ...III });
export const mimicIV = mimicLog({ name: 'mimic-iv', ...IV });
export const mimicDemo = mimicLog({ name: 'mimic-demo', ...III });

/** The drugs of one admission, which come in order of time for each patient. */
export interface Admission {
  readonly userId: string;
  readonly visit: string;
  /** Time of the admission, ms since the epoch. */
  readonly at: number;
  readonly drugs: ReadonlySet<string>;
}

/**
 * The admissions that have a prescription, by patient in order of the admission's time. A year of two
 * digits is the one nearest to the admission's first prescription.
 * @throws MillraceError `dataset-file-missing`, `dataset-column-missing`, `dataset-file-unreadable`
 */
export async function readAdmissions(name: string, folder: string): Promise<Admission[]> {
  const edition = { name, ...(name === 'mimic-iv' ? IV : III) };
  const drugs = new Map<string, { first: number; names: Set<string> }>();
  for await (const { visit, at, itemId } of readable(prescriptionsOf(edition, folder))) {
    const known = drugs.get(visit) ?? { first: at, names: new Set<string>() };
    known.first = Math.min(known.first, at);
    drugs.set(visit, { ...known, names: known.names.add(itemId) });
  }
  const path = await needFile(name, folder, ADMISSIONS);
  const columns = ['subject_id', 'hadm_id', 'admittime'];
  const parse = ([userId = '', visit = '', time = '']: string[]): Admission | undefined => {
    const own = drugs.get(visit);
    if (!own) return undefined;
    return { userId, visit, at: clinicalTime('admittime', time, own.first), drugs: own.names };
  };
  const rows: AsyncIterable<Read<Admission | undefined>[]> = readRows(
    path,
    { columns, anyCase: true },
    parse,
  );
  const admissions: Admission[] = [];
  for await (const admission of readable(rows)) if (admission) admissions.push(admission);
  return admissions.sort((a, b) => Number(a.userId) - Number(b.userId) || a.at - b.at);
}
