// Person-job fit by the files of a public challenge: job seekers (geeks), jobs, and what each did with the
// other. Two-sided: a geek applies, a recruiter is satisfied or not.
import { loggedClick } from '../schemas/logged-events.ts';
import type { Item } from '../schemas/topics/items.ts';
import type { CsvOptions } from './csv.ts';
import type { Dataset, LogStep } from './dataset.ts';
import { BadField } from './fields.ts';
import { needFile } from './files.ts';
import { readLines, textOf } from './lines.ts';
import { compareIds } from './log-row.ts';
import { estimatedImpression, Popularity } from './logged.ts';
import { checkLog, type LogFormat, openLog } from './open-log.ts';
import { type Read, readable, readRows } from './rows.ts';
import { nextName, Sessions, sessionStep } from './sessions.ts';
import { sortingBy } from './sort.ts';
import type { Stepper } from './stepper.ts';

const NAME = 'boss-zhipin';
const WINDOW_MS = 1000;
const ACTIONS = ['action.csv', 'table3_action.csv', 'table3_action.txt'];
const JOBS = ['job.csv', 'table2_jd.csv', 'table2_jd.txt'];
const GEEKS = ['geek.csv', 'table1_user.csv', 'table1_user.txt'];

/** Names that a column may have, the first of which is told in errors. */
const GEEK_ID = ['geek_id', 'user_id'];
const JOB_ID = ['job_id', 'jd_no'];

/** What a geek and a recruiter did about a job. */
export interface JobAction {
  readonly at: number;
  readonly geek: string;
  readonly job: string;
  readonly browsed: boolean;
  /** The geek applied. */
  readonly applied: boolean;
  /** The recruiter took the application for a good one. */
  readonly satisfied: boolean;
  readonly line: number;
}

/** A geek or a job: its kind of work, and city. */
export interface JobSide {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly string[];
}

/**
 * Actions in the order of the file. It has no times: line n is at minute n of the year 2019.
 * @throws MillraceError `dataset-file-missing`, `dataset-column-missing`, `dataset-file-unreadable`
 */
export async function* readActions(folder: string): AsyncGenerator<Read<JobAction>[]> {
  const path = await needFile(NAME, folder, ACTIONS);
  const wanted = [GEEK_ID, JOB_ID, ['browsed'], ['delivered'], ['satisfied']];
  yield* readRows(path, await layoutOf(path, wanted), (fields, line): JobAction => {
    const [geek = '', job = '', browsed = '', delivered = '', satisfied = ''] = fields;
    const action = {
      at: Date.UTC(2019, 0, 1) + line * 60_000,
      geek: idOf('geek_id', geek),
      job: idOf('job_id', job),
      browsed: flag('browsed', browsed),
      applied: flag('delivered', delivered),
      satisfied: flag('satisfied', satisfied),
      line,
    };
    if (action.satisfied && !action.applied) throw new BadField('it is satisfied without delivery');
    return action;
  });
}

/** Throws as `readActions`. */
export async function* readJobs(folder: string): AsyncGenerator<Read<JobSide>[]> {
  const path = await needFile(NAME, folder, JOBS);
  const wanted = [JOB_ID, ['job_title', 'jd_title'], ['city'], ['job_type', 'jd_sub_type']];
  yield* sides(path, await layoutOf(path, wanted));
}

/** Throws as `readActions`. A geek's title is the kind of work that is wished for. */
export async function* readGeeks(folder: string): AsyncGenerator<Read<JobSide>[]> {
  const path = await needFile(NAME, folder, GEEKS);
  const type = ['desire_job_type', 'desire_jd_type_id', 'desire_jd_type'];
  const city = ['desire_city', 'desire_jd_city_id', 'live_city', 'live_city_id'];
  yield* sides(path, await layoutOf(path, [GEEK_ID, type, city, type]));
}

function sides(path: string, csv: CsvOptions) {
  return readRows(path, csv, ([id = '', title = '', city = '', type = '']): JobSide => {
    const groups = [...types(type), ...(city === '' ? [] : [`city ${city}`])];
    return { id: idOf('id', id), title, groups };
  });
}

/** Several kinds of work are between commas or bars. */
const types = (text: string) => [
  ...new Set(
    text
      .split(/[,|/]/)
      .map((one) => one.trim())
      .filter((one) => one !== '' && one !== '-')
      .map((one) => `type ${one}`),
  ),
];

function idOf(name: string, text: string): string {
  if (text.trim() === '') throw new BadField(`its ${name} is empty`);
  return text.trim();
}

function flag(name: string, text: string): boolean {
  if (!/^[01](?:\.0)?$/.test(text))
    throw new BadField(`${name} ${JSON.stringify(text)} is not 0 or 1`);
  return text.startsWith('1');
}

/** The names and the separator that a file has: commas, or tabs as in the challenge's own files. */
async function layoutOf(path: string, wanted: readonly (readonly string[])[]): Promise<CsvOptions> {
  let first = '';
  for await (const { lines } of readLines(path)) {
    first = textOf(lines[0] ?? '').toLowerCase();
    break;
  }
  const separator = first.includes('\t') ? '\t' : ',';
  const found = first.split(separator).map((name) => name.replace(/^\uFEFF/, '').trim());
  const columns = wanted.map((names) => names.find((name) => found.includes(name)) ?? names[0]!);
  return { columns, separator, anyCase: true };
}

/** A row is an impression of one job; an application is its click, and a match is worth 2. */
class ActionSteps implements Stepper<JobAction> {
  readonly #sessions = new Sessions(NAME);
  readonly #popularity = new Popularity();

  push({ geek, job, at, applied, satisfied }: JobAction, before: number, out: LogStep[]): void {
    const { session, isNew } = this.#sessions.touch(geek, at);
    if (isNew) out.push(sessionStep(session, at, before));
    const impressionId = nextName(session);
    const slate = { impressionId, userId: geek, at, itemIds: [job] };
    const impression = estimatedImpression(slate, this.#popularity);
    this.#popularity.add(job);
    out.push({ kind: 'impression', at, rows: 1, impression });
    if (!applied) return;
    const known = { clickId: impressionId, impressionId, userId: geek, itemId: job, at };
    const click = loggedClick({ ...known, kind: 'like', value: satisfied ? 2 : 1 });
    out.push({ kind: 'click', at, rows: 0, click });
  }

  finish(): void {
    // Nothing is held back: a row is complete by itself.
  }
}

const format: LogFormat<JobAction> = {
  dataset: NAME,
  reads: readActions,
  sorting: sortingBy(
    (a, b) => a.at - b.at || compareIds(a.geek, b.geek) || compareIds(a.job, b.job),
  ),
  catalogue: readJobs,
  attributionWindowMs: WINDOW_MS,
  stepper: () => new ActionSteps(),
};

export const bossZhipin: Dataset = {
  name: NAME,
  doc: `Person-job fit by the files of a public challenge (Fu et al. 2021 for the behaviours of BOSS Zhipin):
geek.csv, job.csv, action.csv, or table1_user, table2_jd, table3_action. A row of the actions is an
impression of one job to one geek. An application is its click, worth 1, and 2 if the recruiter was
satisfied: both must accept. The files have no times: line n is at minute n of 2019. Rows of a geek less
than 30 minutes apart form a session. The logging policy is unknown; propensities are estimated from the
popularity before the row.`,
  attributionWindowMs: WINDOW_MS,
  items,
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
};

async function* items(folder: string): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for await (const { id: itemId, title: name, groups } of readable(readJobs(folder))) {
    if (seen.has(itemId)) continue;
    seen.add(itemId);
    const title = name === '' ? `job ${itemId}` : name;
    const text = [title, ...groups].join(', ');
    yield { itemId, at: 0, title, text, groups: [...groups], attributes: {} };
  }
}
