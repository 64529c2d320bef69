// `millrace evaluate cross-domain`: what one kind of item tells of a user's taste in another.
import { amazonReviews } from '../datasets/amazon.ts';
import type { RowDataset } from '../datasets/dataset.ts';
import { LIKED, movielens } from '../datasets/movielens.ts';
import type { EvaluationRow } from '../models/evaluation/evaluation.ts';
import { meanRow } from '../models/evaluation/evaluation.ts';
import { Ids } from '../models/ids.ts';
import { MillraceError } from '../schemas/errors.ts';
import type { Item } from '../schemas/topics/items.ts';
import { judgeTransfer, type Liked } from './held-out/transfer.ts';
import type { Protocol } from './protocol.ts';
import { withScratch } from './scratch.ts';

/** The domain of an item; null for an item of none. */
type DomainOf = (item: Item) => string | null;

const domains: Record<string, { log: RowDataset; domainOf: DomainOf }> = {
  'amazon-reviews': { log: amazonReviews, domainOf: ({ groups }) => groups[0] ?? null },
  movielens: {
    log: movielens,
    domainOf: ({ groups }) => {
      const decade = groups.map((group) => /^(\d{4})s$/.exec(group)?.[1]).find((year) => year);
      if (decade === undefined) return null;
      return Number(decade) < 1990 ? 'before 1990' : 'since 1990';
    },
  },
};

export const crossDomain: Protocol = {
  name: 'cross-domain',
  doc: `Users of two domains, known by one id: each user's last like of a domain is ranked among all of its items
that the user has not liked, with and without the likes of the other domain before it. amazon-reviews: a
folder with two categories, which number users alike. movielens, for want of two: films before and since
1990. Likes are ratings of 4 or more. HR@10, NDCG@10 by mean ranks, for each target domain; gain: ours with
the source less ours without, user by user. The weights are learned with the like before the last as the
target.`,
  datasets: Object.keys(domains),
  async run({ dataset, folder, seed, signal, progress }) {
    const likes = await readLikes(domains[dataset]!, folder);
    const names = [...likes.keys()].sort();
    const [one, other] = names;
    if (one === undefined || other === undefined || names.length > 2) {
      throw new MillraceError({
        code: 'evaluation-data-unknown',
        what: `The protocol cross-domain needs two domains; ${folder} has ${names.length}.`,
        why: `Found: ${names.slice(0, 8).join(', ') || 'none'}.`,
        todo: 'Give a folder with the files of two categories, whose users have the same ids.',
      });
    }
    let n = 0;
    const rows: EvaluationRow[] = [];
    for (const [source, target] of [
      [one, other],
      [other, one],
    ] as const) {
      const judged = judgeTransfer(likes.get(source)!, likes.get(target)!, { seed, signal });
      progress(`${source} → ${target}: ${judged.n} users`);
      n += judged.n;
      for (const [model, metrics] of judged.values) {
        for (const [metric, values] of metrics) {
          rows.push(meanRow(model, `${metric}, ${source} → ${target}`, values));
        }
      }
    }
    return { protocol: 'cross-domain', dataset, n, seed, rows };
  },
};

/** By domain, the likes of every user in order of time, over items numbered by domain. */
async function readLikes(
  { log, domainOf }: { log: RowDataset; domainOf: DomainOf },
  folder: string,
): Promise<Map<string, { items: Ids; byUser: Map<string, Liked[]> }>> {
  const domainOfItem = new Map<string, string>();
  for await (const item of log.items(folder)) {
    const domain = domainOf(item);
    if (domain !== null) domainOfItem.set(item.itemId, domain);
  }
  const likes = new Map<string, { items: Ids; byUser: Map<string, Liked[]> }>();
  await withScratch(async (scratch) => {
    await using rows = await log.openRows(folder, { scratch });
    for await (const batch of rows.rows()) {
      for (const { userId, itemId, at, value } of batch) {
        const domain = domainOfItem.get(itemId);
        if (domain === undefined || value < LIKED) continue;
        const own = likes.get(domain) ?? { items: new Ids(), byUser: new Map<string, Liked[]>() };
        likes.set(domain, own);
        const liked = own.byUser.get(userId) ?? [];
        own.byUser.set(userId, [...liked, { item: own.items.add(itemId), at }]);
      }
    }
  });
  return likes;
}
