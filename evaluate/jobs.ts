// `millrace evaluate jobs`: matches of geeks and jobs, judged from both sides.
import { readActions, readGeeks, readJobs } from '../datasets/boss-zhipin.ts';
import { compareIds } from '../datasets/log-row.ts';
import { readable } from '../datasets/rows.ts';
import type { EvaluationRow } from '../models/evaluation/evaluation.ts';
import { Figures } from '../models/evaluation/figures.ts';
import { tableBaselines } from '../models/evaluation/table-baselines.ts';
import { Ids } from '../models/ids.ts';
import { type Dealing, fairLists, TwoSided } from '../models/jobs/two-sided.ts';
import { gini } from '../models/metrics/exposure.ts';
import { recallOf, setNdcg, topItems } from '../models/metrics/sets.ts';
import type { Protocol } from './protocol.ts';

const LIST = 10;
/** How much exposure so far lowers a score in the fair lists; fixed, not chosen on any data. */
const EVENNESS = 0.5;

export const jobs: Protocol = {
  name: 'jobs',
  doc: `Matches of job seekers (geeks) and jobs: the geek applied and the recruiter was satisfied. Of each geek
the last match is the target; the geek's rows from there on are not learned. Jobs: the target among the
jobs that the geek has not applied for. Geeks: the geek among those who have not applied for the job.
Recall@10 and NDCG@10 of lists of ten, ties by id, and the Gini of exposure in them. millrace: the
probability that both accept; one-sided: that the geek applies; fair: shown often counts less. Nothing is
drawn, so every seed gives the same figures.`,
  datasets: ['boss-zhipin'],
  async run({ dataset, folder, seed, signal }) {
    const market = await readMarket(folder);
    const targets = lastMatches(market.dealings);
    const known = market.dealings.filter(({ geek }, i) => i < (targets.get(geek)?.at ?? i + 1));
    const judged = [...targets].map(([geek, { job }]) => ({ geek, job }));
    signal.throwIfAborted();
    const model = new TwoSided(known, market.geekGroups, market.jobGroups);
    const applied = known.filter((one) => one.applied);
    const jobRows = judgeSide('jobs', {
      judged: judged.map(({ geek, job }) => ({ asks: geek, target: job })),
      dealings: applied.map(({ geek, job }) => ({ asks: geek, item: job })),
      size: market.jobGroups.length,
      ours: {
        millrace: (geek, job) => model.matches(geek, job),
        'millrace, one-sided': (geek, job) => model.applies(geek, job),
      },
    });
    const geekRows = judgeSide('geeks', {
      judged: judged.map(({ geek, job }) => ({ asks: job, target: geek })),
      dealings: applied.map(({ geek, job }) => ({ asks: job, item: geek })),
      size: market.geekGroups.length,
      ours: {
        millrace: (job, geek) => model.matches(geek, job),
        'millrace, one-sided': (job, geek) => model.satisfies(geek, job),
      },
    });
    return { protocol: 'jobs', dataset, n: judged.length, seed, rows: [...jobRows, ...geekRows] };
  },
};

async function readMarket(folder: string) {
  const groupsOf = async (rows: ReturnType<typeof readJobs>) => {
    const groups = new Map<string, ReadonlySet<string>>();
    for await (const one of readable(rows)) groups.set(one.id, new Set(one.groups));
    return groups;
  };
  const [jobGroups, geekGroups] = [
    await groupsOf(readJobs(folder)),
    await groupsOf(readGeeks(folder)),
  ];
  const actions = [];
  for await (const action of readable(readActions(folder))) actions.push(action);
  // Numbers in the order of ids, so that ties are by id.
  const idsOf = (names: Iterable<string>) => new Ids([...new Set(names)].sort(compareIds));
  const geeks = idsOf([...geekGroups.keys(), ...actions.map(({ geek }) => geek)]);
  const jobIds = idsOf([...jobGroups.keys(), ...actions.map(({ job }) => job)]);
  const none: ReadonlySet<string> = new Set();
  return {
    dealings: actions.map(({ geek, job, applied, satisfied }): Dealing => {
      return { geek: geeks.find(geek), job: jobIds.find(job), applied, satisfied };
    }),
    geekGroups: geeks.names.map((id) => geekGroups.get(id) ?? none),
    jobGroups: jobIds.names.map((id) => jobGroups.get(id) ?? none),
  };
}

/** By geek, the job and the place of the last match. */
function lastMatches(dealings: readonly Dealing[]): Map<number, { job: number; at: number }> {
  const last = new Map<number, { job: number; at: number }>();
  for (const [at, { geek, job, applied, satisfied }] of dealings.entries()) {
    if (applied && satisfied) last.set(geek, { job, at });
  }
  return last;
}

interface Side {
  /** Who asks for a list, and whom the list should hold. */
  readonly judged: readonly { readonly asks: number; readonly target: number }[];
  /** Applications that are known. */
  readonly dealings: readonly { readonly asks: number; readonly item: number }[];
  /** Number of items of a list to choose from. */
  readonly size: number;
  readonly ours: Readonly<Record<string, (asks: number, item: number) => number>>;
}

function judgeSide(side: string, { judged, dealings, size, ours }: Side): EvaluationRow[] {
  const histories = new Map<number, number[]>();
  const baselines = tableBaselines();
  for (const { asks, item } of dealings) {
    const history = histories.get(asks) ?? [];
    histories.set(asks, history);
    for (const model of baselines) model.learn(item, history);
    history.push(item);
  }
  const seenBy = (asks: number) => new Set(histories.get(asks));
  const all = (asks: number, of: (item: number) => number) => {
    const seen = seenBy(asks);
    return Float64Array.from({ length: size }, (_, item) =>
      seen.has(item) ? Number.NEGATIVE_INFINITY : of(item),
    );
  };
  const lists = new Map<string, number[][]>();
  for (const model of baselines) {
    const own = judged.map(({ asks }) => {
      const scores = model.scores(histories.get(asks) ?? [], size);
      return topItems(
        all(asks, (item) => scores[item]!),
        LIST,
      );
    });
    lists.set(model.name, own);
  }
  for (const [name, score] of Object.entries(ours)) {
    const scores = judged.map(({ asks }) => all(asks, (item) => score(asks, item)));
    lists.set(
      name,
      scores.map((own) => topItems(own, LIST)),
    );
    if (name === 'millrace') {
      lists.set('millrace, fair exposure', fairLists(scores, LIST, EVENNESS, topItems));
    }
  }
  const figures = new Figures();
  for (const [name, own] of lists) {
    for (const [i, list] of own.entries()) {
      const target = new Set([judged[i]!.target]);
      figures.add(name, {
        [`${side} Recall@10`]: recallOf(list, target),
        [`${side} NDCG@10`]: setNdcg(list, target),
      });
    }
  }
  const ginis = [...lists].map(([model, own]): EvaluationRow => {
    const shown = new Float64Array(size);
    for (const item of own.flat()) shown[item]! += 1;
    return { model, metric: `${side} exposure Gini`, span: 'all', value: gini([...shown]) };
  });
  return [...figures.rows(), ...ginis];
}
