// `millrace evaluate long-horizon`: episodes of thirty steps with every user of Coat.
import { type CoatLog, readCoat, readCoatTruth } from '../datasets/coat.ts';
import {
  bestPossible,
  type Chooser,
  fixedChooser,
  horizonRows,
} from '../models/evaluation/long-horizon.ts';
import { Random } from '../models/random.ts';
import { TasteEpisode } from '../models/taste/episode.ts';
import { choiceKernels, featureKernel } from '../models/taste/kernels.ts';
import { Neighbours } from '../models/taste/neighbours.ts';
import { TastePrior } from '../models/taste/prior.ts';
import { coatTaste, episodeOptions } from '../models/taste/settings.ts';
import type { Protocol } from './protocol.ts';

const STEPS = 30;

/** Pseudo-ratings at the mean of all, in the mean of an item. */
const PRIOR = 5;

export const longHorizon: Protocol = {
  name: 'long-horizon',
  doc: `Episodes of ${STEPS} steps with each user, no item twice; the reward, told after each step, is what
pseudoGT_ratingM.ascii says the user gives the item. Known beforehand: the ratings of train.ascii, with the
features of users and items; nothing goes from one user's episode to another's. Mean sum of rewards. The model
draws nothing, so every seed gives it the same figures.`,
  datasets: ['coat'],
  async run({ dataset, folder, seed, signal, progress }) {
    const log = await readCoat(folder);
    const given = await readCoatTruth(folder, log);
    const prior = tastePrior(log);
    progress(`${log.train.length} ratings learned`);
    const means = itemMeans(log);
    const counts = countsOf(log);
    const neighbours = new Neighbours(log.items, log.train);
    const models: Record<string, (user: number) => Chooser> = {
      millrace: (user) => new TasteEpisode(prior.belief(user), episodeOptions),
      'millrace, beforehand alone': (user) => fixedChooser(prior.means(user)),
      'item mean, shrunk': () => fixedChooser(means),
      popularity: () => fixedChooser(counts),
      'item-knn': (user) => neighbours.itemKnn(user),
      'last action': (user) => neighbours.lastAction(user),
      uniform: (user) => uniform(log.items, new Random(seed * log.users + user)),
      'best fixed list, in hindsight': () => fixedChooser(columnSums(given)),
    };
    const rows = Object.entries(models).flatMap(([model, chooserOf]) => {
      signal.throwIfAborted();
      const found = horizonRows(model, given, chooserOf, STEPS);
      progress(`${model}: ${log.users} episodes`);
      return found;
    });
    rows.push(bestPossible(given, STEPS));
    return { protocol: 'long-horizon', dataset, n: log.users, seed, rows };
  },
};

function tastePrior(log: CoatLog): TastePrior {
  const kernels = choiceKernels(log.users, log.items, log.train, coatTaste.choiceRank);
  return new TastePrior(
    log.train,
    { features: featureKernel(indicators(log.userFeatures)), choices: kernels.users },
    { features: featureKernel(indicators(log.itemFeatures)), choices: kernels.items },
    coatTaste.variances,
  );
}

/** A row of 0 and 1 for each list of names. */
function indicators(lists: readonly (readonly string[])[]): number[][] {
  const names = [...new Set(lists.flat())];
  return lists.map((list) => names.map((name) => (list.includes(name) ? 1 : 0)));
}

function countsOf({ items, train }: CoatLog): Float64Array {
  const counts = new Float64Array(items);
  for (const { item } of train) counts[item]! += 1;
  return counts;
}

function itemMeans(log: CoatLog): Float64Array {
  const mean = log.train.reduce((sum, { stars }) => sum + stars, 0) / log.train.length;
  const sums = new Float64Array(log.items).fill(PRIOR * mean);
  for (const { item, stars } of log.train) sums[item]! += stars;
  return countsOf(log).map((count, item) => sums[item]! / (count + PRIOR));
}

function uniform(items: number, random: Random): Chooser {
  return fixedChooser(Float64Array.from({ length: items }, () => random.next()));
}

function columnSums(given: readonly ArrayLike<number>[]): Float64Array {
  const sums = new Float64Array(given[0]?.length ?? 0);
  for (const own of given) for (let i = 0; i < sums.length; i++) sums[i]! += own[i]!;
  return sums;
}
