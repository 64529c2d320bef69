// The last like of each user in one domain, with and without the likes in another.
import { ItemFrequency } from '../../models/baseline/item-frequency.ts';
import { ItemKnn } from '../../models/baseline/item-knn.ts';
import { LastAction } from '../../models/baseline/last-action.ts';
import type { Ids } from '../../models/ids.ts';
import { midHit, midNdcg, rankOf } from '../../models/metrics/ranking.ts';
import { historyColumns } from '../../models/sequence/held-out/history-columns.ts';
import { type HeldOut, learnWeights } from '../../models/sequence/held-out/learn-weights.ts';
import type { Sequence } from '../../models/sequence/held-out/pairs.ts';

export interface Liked {
  readonly item: number;
  /** Time, ms since the epoch. */
  readonly at: number;
}

export interface Domain {
  readonly items: Ids;
  /** In order of time. */
  readonly byUser: ReadonlyMap<string, readonly Liked[]>;
}

/** Fewest likes in the target domain: the last, and one before it that the weights are learned with. */
const FEWEST = 2;
const SOURCE = ', source learned';

/**
 * Judges the users who liked something in the source before their last like in the target.
 * @returns values by model, then metric, one for each user
 */
export function judgeTransfer(
  source: Domain,
  target: Domain,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal },
) {
  // Items of the target come first, so that they are the candidates; those of the source after them.
  const candidates = target.items.size;
  const size = candidates + source.items.size;
  const values = new Map<string, Map<string, number[]>>();
  const users = [...target.byUser].filter(([, liked]) => liked.length >= FEWEST);
  const withSource = ([userId, liked]: (typeof users)[number], last: number): number[] => {
    const own = liked.slice(0, liked.length - last).map(({ item, at }) => ({ item, at }));
    const until = liked[liked.length - last]?.at ?? Number.POSITIVE_INFINITY;
    const other = (source.byUser.get(userId) ?? [])
      .filter(({ at }) => at < until)
      .map(({ item, at }) => ({ item: candidates + item, at }));
    return [...other, ...own].sort((a, b) => a.at - b.at).map(({ item }) => item);
  };
  const alone = ([, liked]: (typeof users)[number], last: number): number[] =>
    liked.slice(0, liked.length - last).map(({ item }) => item);
  const sources = [...source.byUser]
    .filter(([userId]) => (target.byUser.get(userId)?.length ?? 0) < FEWEST)
    .map(([, liked]) => liked.map(({ item }) => candidates + item));
  const isShared = users.map((user) => withSource(user, 1).some((item) => item >= candidates));
  const n = isShared.filter(Boolean).length;
  for (const [suffix, historyOf] of [
    ['', alone],
    [SOURCE, withSource],
  ] as const) {
    const learned = (last: number): Sequence[] => [
      ...users.map((user) => historyOf(user, last)),
      ...(suffix === '' ? [] : sources),
    ];
    const heldOut = (last: number) =>
      users.map((user, own): HeldOut => {
        const history = historyOf(user, last);
        const others = Array.from({ length: size - candidates }, (_, i) => candidates + i);
        const item = user[1][user[1].length - last]!.item;
        return { moment: { history, own }, target: item, seen: [...alone(user, last), ...others] };
      });
    const asked = heldOut(2).filter(({ moment }) => moment.history.length > 0);
    const tests = heldOut(1).filter((_, i) => isShared[i]);
    const judge = (model: string, scoresOf: (one: HeldOut) => ArrayLike<number>) => {
      const own = new Map<string, number[]>([
        ['HR@10', []],
        ['NDCG@10', []],
      ]);
      values.set(model, own);
      for (const one of tests) {
        signal.throwIfAborted();
        const seen = new Set(one.seen);
        const isSeen = (item: number) => item >= candidates || seen.has(item);
        const rank = rankOf(scoresOf(one), one.target, size, isSeen);
        own.get('HR@10')!.push(midHit(rank));
        own.get('NDCG@10')!.push(midNdcg(rank));
      }
    };
    const baselines =
      suffix === '' ? [new ItemFrequency(), new ItemKnn(), new LastAction()] : [new ItemKnn()];
    for (const model of baselines) {
      for (const sequence of learned(1)) {
        for (let at = 0; at < sequence.length; at++)
          model.learn(sequence[at]!, sequence.slice(0, at));
      }
      judge(`${model.name}${suffix}`, ({ moment }) => model.scores(moment.history, size));
    }
    const blend = learnWeights(historyColumns(learned(2), size), size, asked, { seed, most: 1500 });
    const ours = blend.over(historyColumns(learned(1), size));
    judge(`millrace${suffix}`, ({ moment, seen }) => ours.scores(moment, seen));
  }
  const [without, withIt] = [values.get('millrace')!, values.get(`millrace${SOURCE}`)!];
  const gains = [...withIt].map(([metric, own]): [string, number[]] => {
    return [`${metric} gain`, own.map((value, i) => value - without.get(metric)![i]!)];
  });
  for (const [metric, own] of gains) withIt.set(metric, own);
  return { n, values };
}
