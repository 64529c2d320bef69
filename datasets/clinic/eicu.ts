// The eICU Collaborative Research Database: drugs ordered in intensive care units. Pollard et al. 2018.
import type { Item } from '../../schemas/topics/items.ts';
import type { Dataset } from '../dataset.ts';
import { BadField, idField, numberField } from '../fields.ts';
import { needFile } from '../files.ts';
import { checkLog, type LogFormat, openLog } from '../open-log.ts';
import { type Read, readable, readRows } from '../rows.ts';
import { type DrugOrder, drugOrders, ORDER_WINDOW_MS, OrderSteps } from './orders.ts';

/** A stay in a unit. */
export interface UnitStay {
  readonly patient: string;
  /** The stay in hospital, of which stays in units are parts. */
  readonly hospitalStay: string;
  readonly hospital: string;
  readonly unitType: string;
  readonly diagnosis: string;
  /** Stand-in for the time of the unit's admission, ms since the epoch. */
  readonly at: number;
}

/** An order with what the log's steps do not hold. */
export interface UnitOrder extends DrugOrder {
  /** Name of the drug as it was written; may be empty. */
  readonly drug: string;
  /** Therapeutic class; 0 where none is given. */
  readonly therapeuticClass: string;
  /** Minutes from the unit's admission to the order. */
  readonly offset: number;
}

const PATIENT = [
  'patientunitstayid',
  'uniquepid',
  'hospitalid',
  'unittype',
  'apacheadmissiondx',
  'hospitaladmitoffset',
  'hospitaldischargeyear',
  'patienthealthsystemstayid',
];
const MEDICATION = [
  'patientunitstayid',
  'drugorderoffset',
  'drugordercancelled',
  'drugname',
  'drughiclseqno',
  'gtc',
];

const MINUTE = 60_000;
/** Farthest offset that is read, minutes: two years. */
const FAR = 2 * 366 * 24 * 60;

/**
 * The stays by their id. Memory: one entry a stay, 200,859 in the full set.
 * @throws MillraceError `dataset-file-missing`, `dataset-column-missing`, `dataset-file-unreadable`
 */
export async function readStays(dataset: string, folder: string): Promise<Map<string, UnitStay>> {
  const stays = new Map<string, UnitStay>();
  for await (const [id, stay] of readable(stayRows(dataset, folder))) stays.set(id, stay);
  return stays;
}

async function* stayRows(
  dataset: string,
  folder: string,
): AsyncGenerator<Read<[string, UnitStay]>[]> {
  const path = await needFile(dataset, folder, ['patient.csv']);
  yield* readRows(path, { columns: PATIENT, anyCase: true }, (fields) => {
    const [id = '', patient = '', hospital = '', unitType = '', diagnosis = ''] = fields;
    const admitted = numberField('hospitaladmitoffset', fields[5] ?? '', -FAR, FAR);
    const year = numberField('hospitaldischargeyear', fields[6] ?? '', 1973, 2297);
    // The set tells no dates: the hospital's admission stands at the beginning of the year.
    const at = Date.UTC(year, 0, 1) - admitted * MINUTE;
    if (patient === '') throw new BadField('its uniquepid is empty');
    const hospitalStay = fields[7] ?? '';
    const stay = { patient, hospitalStay, hospital, unitType, diagnosis, at };
    return [idField('patientunitstayid', id), stay];
  });
}

/** Orders in the order of the file. Throws as `readStays`. */
export async function* readOrders(
  dataset: string,
  folder: string,
): AsyncGenerator<Read<UnitOrder>[]> {
  const path = await needFile(dataset, folder, ['medication.csv']);
  const stays = await readStays(dataset, folder);
  yield* readRows(path, { columns: MEDICATION, anyCase: true }, (fields, line): UnitOrder => {
    const [visit = '', offsetText = '', cancelled = '', drug = '', code = '', gtc = ''] = fields;
    const stay = stays.get(idField('patientunitstayid', visit));
    if (!stay) throw new BadField(`patient.csv has no stay ${visit}`);
    const offset = numberField('drugorderoffset', offsetText, -FAR, FAR);
    const itemId = code === '' ? drug.trim().toLowerCase() : codeOf(code);
    if (itemId === '') throw new BadField('it names no drug');
    const order = {
      userId: stay.patient,
      visit,
      itemId,
      drug,
      therapeuticClass: gtc,
      line,
      offset,
    };
    return { ...order, at: stay.at + offset * MINUTE, cancelled: cancelled === 'Yes' };
  });
}

/** A code as a whole number: some copies of the file write 2812 as 2812.0. */
const codeOf = (text: string) =>
  String(Math.round(numberField('drughiclseqno', text, 0, Number.MAX_SAFE_INTEGER)));

function eicuLog(name: string): Dataset {
  const format: LogFormat<DrugOrder> = {
    dataset: name,
    reads: (folder) => readOrders(name, folder),
    sorting: drugOrders,
    catalogue: (folder) => stayRows(name, folder),
    attributionWindowMs: ORDER_WINDOW_MS,
    stepper: () => new OrderSteps(name),
  };
  return {
    name,
    doc: `eICU (Pollard et al. 2018), medication.csv and patient.csv. The drugs ordered for a patient in the same
minute are an impression; each is its own feedback, worth 1, or 0 if the order was cancelled. A stay in a
unit is a session. The set has no dates: minutes count from the hospital's admission, which stands at the
beginning of its year. The logging policy is a physician, whose propensities are estimated from the
popularity before. For research on recommenders: never an advice on treatment.`,
    attributionWindowMs: ORDER_WINDOW_MS,
    items: (folder) => drugsOf(name, folder),
    check: (folder) => checkLog(format, folder),
    open: (folder, options) => openLog(format, folder, options),
  };
}

/** The catalogue, each drug under the first name that the log has for it. Memory: one name a drug. */
async function* drugsOf(dataset: string, folder: string): AsyncGenerator<Item> {
  const drugs = new Map<string, { title: string; groups: string[] }>();
  for await (const order of readable(readOrders(dataset, folder))) {
    const { itemId, drug, therapeuticClass } = order;
    const known = drugs.get(itemId);
    const isClass = therapeuticClass !== '' && therapeuticClass !== '0';
    const groups = known?.groups.length
      ? known.groups
      : isClass
        ? [`class ${therapeuticClass}`]
        : [];
    drugs.set(itemId, { title: known?.title || drug.trim(), groups });
  }
  for (const [itemId, { title: name, groups }] of drugs) {
    const title = name === '' ? `drug ${itemId}` : name;
    yield { itemId, at: 0, title, text: [title, ...groups].join(', '), groups, attributes: {} };
  }
}

export const eicu = eicuLog('eicu');
export const eicuDemo = eicuLog('eicu-demo');
