// Gathers the items that a decision scores: those of the request, or the union of several
// retrievers.
import { type Learner, type Retriever, retrieverTurns } from '../../models/learner.ts';
import { Random } from '../../models/random.ts';
import type { RulesInForce } from '../../models/rules/in-force.ts';
import type { Request } from '../../schemas/topics/requests.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import type { Catalogue } from '../tables/catalogue.ts';
import type { ModelVectors } from '../tables/model-vectors.ts';
import { likedItems } from './decide.ts';
import type { RecentLikes } from './recent-likes.ts';
import { broughtBy, factsOf } from './ruled-candidates.ts';

/** Number of candidates from each retriever, for a request that names none itself. */
export interface Retrievers {
  /** Number of items scored. @default 150 */
  readonly total: number;
  /** Largest number of these that come from vector similarity. @default 30 */
  readonly similar: number;
  /** Turns of the learner's retrievers, over and over, for the others. @default retrieverTurns */
  readonly turns: readonly Retriever[];
}

export const retrieverDefaults: Retrievers = Object.freeze({
  total: 150,
  similar: 30,
  turns: retrieverTurns,
});

export interface Sources {
  readonly learner: Learner | undefined;
  /** What is popular while there is no learner. */
  readonly likes?: RecentLikes | undefined;
  readonly vectors: ModelVectors;
  readonly catalogue: Catalogue;
  /** Rules of the shop that hold for the request. @default none */
  readonly rules?: RulesInForce | undefined;
}

/** How many times as many items are looked at where rules may take some away. */
const MORE = 3;

/** How many items of the catalogue are looked at for each that is wanted, where rules may take them away. */
const LOOKS = 20;

/**
 * Distinct candidates without deleted items, without those that nobody knows and, where the request names none, without the user's recent
 * ones; the same arguments give the same list.
 */
export function candidatesOf(
  request: Request,
  state: UserState,
  sources: Sources,
  seed: number,
  { total, similar, turns }: Retrievers = retrieverDefaults,
): string[] {
  const { learner, likes, vectors, catalogue, rules } = sources;
  const isRemoved = (itemId: string) => rules?.removes(factsOf(catalogue, itemId)) ?? false;
  if (request.candidates && request.candidates.length > 0)
    return [...new Set(request.candidates)].filter(
      (itemId) => isKnown(itemId, sources) && !isRemoved(itemId),
    );
  const recent = new Set(state.recent.map(({ itemId }) => itemId));
  const isOut = (itemId: string) =>
    recent.has(itemId) || catalogue.isDeleted(itemId) || isRemoved(itemId);
  const more = rules ? MORE : 1;
  const chosen = new Set<string>();
  const profile = vectors.profile(likedItems(state));
  if (profile) {
    const most = Math.min(similar, total);
    for (const itemId of vectors.nearest(profile, more * most + recent.size)) {
      if (chosen.size >= most) break;
      if (!isOut(itemId)) chosen.add(itemId);
    }
  }
  if (learner) {
    const target = total - chosen.size;
    for (const itemId of learner.retrieve(
      state,
      more * target + similar,
      request.at,
      seed,
      turns,
    )) {
      if (chosen.size >= total) break;
      if (!isOut(itemId)) chosen.add(itemId);
    }
  }
  // Half of them at most, so that others have a chance to become popular.
  for (const itemId of likes?.mostLiked((more * total) / 2 + recent.size) ?? []) {
    if (chosen.size >= total / 2) break;
    if (!isOut(itemId)) chosen.add(itemId);
  }
  if (chosen.size < total) {
    const looks = rules ? LOOKS * total : Infinity;
    fillFromCatalogue(chosen, { total, looks, isOut }, catalogue, seed);
  }
  if (!rules) return [...chosen];
  const isUnknown = (itemId: string) => !isKnown(itemId, sources) || isRemoved(itemId);
  return [...chosen, ...broughtBy(rules, chosen, catalogue, seed, isUnknown, isOut)];
}

/**
 * Whether a request may name an item: it is in the catalogue, or was shown before. Where there is no
 * catalogue anything may be named that was not deleted.
 */
function isKnown(itemId: string, { learner, catalogue }: Sources): boolean {
  if (catalogue.isDeleted(itemId)) return false;
  const named = catalogue.size === 0 || catalogue.get(itemId) !== undefined;
  return named || (learner?.counts.impressions(itemId) ?? 0) > 0;
}

interface Filling {
  readonly total: number;
  /** Largest number of items looked at. */
  readonly looks: number;
  readonly isOut: (itemId: string) => boolean;
}

/**
 * Items of the catalogue drawn by the seed, for the time before the first snapshot and for a small
 * world.
 */
function fillFromCatalogue(
  chosen: Set<string>,
  { total, looks, isOut }: Filling,
  catalogue: Catalogue,
  seed: number,
): void {
  const ids = [...catalogue.ids()];
  const random = new Random(seed);
  // A partial Fisher–Yates shuffle: distinct draws, no more of them than there are items.
  for (let i = 0; i < Math.min(ids.length, looks) && chosen.size < total; i++) {
    const j = i + random.below(ids.length - i);
    [ids[i], ids[j]] = [ids[j]!, ids[i]!];
    if (!isOut(ids[i]!)) chosen.add(ids[i]!);
  }
}
