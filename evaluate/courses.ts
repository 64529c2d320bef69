// `millrace evaluate courses`: the courses that a user takes next, as a set.
import { type CnpcFile, readCourseRows } from '../datasets/cnpc.ts';
import { type COCO_FILES, coco, readEnrolments } from '../datasets/coco.ts';
import { compareIds, type LogRow } from '../datasets/log-row.ts';
import { type Read, readable } from '../datasets/rows.ts';
import { Figures } from '../models/evaluation/figures.ts';
import { tableBaselines } from '../models/evaluation/table-baselines.ts';
import { Ids } from '../models/ids.ts';
import { recallOf, setNdcg, topItems } from '../models/metrics/sets.ts';
import { HistoryRanker } from '../models/sequence/history-ranker.ts';
import type { TimedHistory } from '../models/sequence/timed-history.ts';
import type { Protocol } from './protocol.ts';

interface CourseLog {
  readonly itemIds: readonly string[];
  /** Groups of each item, by number. */
  readonly groups: readonly (readonly number[])[];
  /** By user, what is learned. */
  readonly histories: ReadonlyMap<string, TimedHistory>;
  /** By user, what is judged by: the courses of the test that are not in the history. */
  readonly targets: ReadonlyMap<string, ReadonlySet<number>>;
}

export const courses: Protocol = {
  name: 'courses',
  doc: `The courses that a user takes next, as a set, among all courses but the user's own. Learned from the first
file alone: cnpc train_valid_data, coco valid.txt in order of time; judged by the second, less what the
user had taken. Recall@10 and NDCG@10 of the best ten, ties by the lower id; a user with nothing left to find
is not counted. The knowledge graph of coco is read: category, level, language and audience of the courses.`,
  datasets: ['cnpc', 'coco'],
  async run({ dataset, folder, seed, signal, progress }) {
    const log = dataset === 'coco' ? await readCoco(folder) : await readCnpc(folder);
    const { itemIds, groups, histories, targets } = log;
    progress(`${histories.size} histories of ${itemIds.length} courses`);
    const size = itemIds.length;
    const baselines = tableBaselines();
    for (const { items } of histories.values()) {
      for (const [at, item] of items.entries()) {
        for (const model of baselines) model.learn(item, items.slice(0, at));
      }
    }
    signal.throwIfAborted();
    const ours = HistoryRanker.fit([...histories.values()], size, { seed, groups });
    progress(`blend learned: ${JSON.stringify(ours.weights)}`);
    const models = [
      { name: ours.name, scores: (history: TimedHistory) => ours.scores(history) },
      ...baselines.map((model) => ({
        name: model.name,
        scores: ({ items }: TimedHistory) => model.scores(items, size),
      })),
    ];
    const figures = new Figures();
    let n = 0;
    for (const [user, target] of targets) {
      if (++n % 1000 === 0) signal.throwIfAborted();
      const history = histories.get(user) ?? { items: [], times: [] };
      const seen = new Set(history.items);
      for (const model of models) {
        const top = topItems(model.scores(history), 10, (item) => seen.has(item));
        figures.add(model.name, {
          'Recall@10': recallOf(top, target),
          'NDCG@10': setNdcg(top, target),
        });
      }
    }
    return { protocol: 'courses', dataset, n, seed, rows: figures.rows() };
  },
};

const readCnpc = (folder: string): Promise<CourseLog> =>
  readLog<CnpcFile>((file) => readCourseRows(folder, [file]), ['train', 'test'], false);

async function readCoco(folder: string): Promise<CourseLog> {
  const log = await readLog<(typeof COCO_FILES)[number]>(
    (file) => readEnrolments(folder, [file]),
    ['valid.txt', 'test.txt'],
    true,
  );
  const numbers = new Map(log.itemIds.map((id, item) => [id, item]));
  const names = new Ids();
  const groups: number[][] = log.itemIds.map(() => []);
  for await (const { itemId, groups: own } of coco.items(folder)) {
    const item = numbers.get(itemId);
    if (item !== undefined) groups[item] = own.map((name) => names.add(name));
  }
  return { ...log, groups };
}

/** Reads what is learned and what is judged by; items have numbers in the order of their ids. */
async function readLog<F>(
  read: (file: F) => AsyncIterable<Read<LogRow>[]>,
  [learned, judged]: readonly [F, F],
  timed: boolean,
): Promise<CourseLog> {
  const [train, test] = [await rowsOf(read(learned)), await rowsOf(read(judged))];
  const itemIds = [...new Set([...train, ...test].map(({ itemId }) => itemId))].sort(compareIds);
  const numbers = new Map(itemIds.map((id, item) => [id, item]));
  const rows = new Map<string, LogRow[]>();
  for (const row of train) {
    const own = rows.get(row.userId);
    if (own) own.push(row);
    else rows.set(row.userId, [row]);
  }
  const histories = new Map<string, TimedHistory>();
  for (const [user, own] of rows) {
    own.sort((a, b) => a.at - b.at || a.line - b.line);
    histories.set(user, {
      items: own.map(({ itemId }) => numbers.get(itemId)!),
      times: timed ? own.map(({ at }) => at) : [],
    });
  }
  const seen = new Map([...histories].map(([user, { items }]) => [user, new Set(items)]));
  const targets = new Map<string, Set<number>>();
  for (const { userId, itemId } of test) {
    const item = numbers.get(itemId)!;
    if (seen.get(userId)?.has(item)) continue;
    targets.set(userId, (targets.get(userId) ?? new Set()).add(item));
  }
  return { itemIds, groups: [], histories, targets };
}

async function rowsOf(reads: AsyncIterable<Read<LogRow>[]>): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  for await (const row of readable(reads)) rows.push(row);
  return rows;
}
