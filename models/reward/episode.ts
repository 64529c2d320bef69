// A visit of many turns with the simulator in the user's place: a persona, a memory of the session, and
// fatigue; it ends when the user leaves.

import { loggedClick } from '../../schemas/logged-events.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import type { Exploration } from '../exploration.ts';
import type { Candidate, Policy } from '../policy.ts';
import { mix32, Random } from '../random.ts';
import { drawFrom, slateDistribution } from '../slate-distribution.ts';
import { trackClick, trackImpression } from '../user/track.ts';

/** Something that answers for a user. */
export interface Answering {
  /** P(like), inside (0, 1). */
  predictItem(state: UserState, item: Candidate): number;
  /** Expected reward, in the log's unit. */
  predictItemValue(state: UserState, item: Candidate): number;
}

/** The items that can be shown, and what is known of them. */
export interface Shelf {
  readonly itemIds: readonly string[];
  describe(state: UserState, itemIds: readonly string[]): readonly Candidate[];
}

export interface EpisodeOptions {
  /** Largest number of slates. */
  readonly turns: number;
  /** P(the user leaves after a slate), by the share of it they liked. */
  readonly leaving: (likedShare: number) => number;
  /**
   * Seed of every draw: with the same seed every policy meets the same users and is offered the
   * same candidates.
   */
  readonly seed: number;
  /** Number of items in a slate. @default 10 */
  readonly k?: number;
  /** Number of candidates at each turn. @default 50 */
  readonly candidates?: number;
  /** Exploration of the policy. @default temperature 1, floor 0.05 */
  readonly exploration?: Exploration;
  /**
   * Logits that an item loses for each earlier exposure of the session to its groups, on average over
   * them; an exposure is worth half as much with each turn. @default 0.05, as in the seeded world
   */
  readonly saturation?: number;
}

export interface Episode {
  /** Number of slates until the user left, or of as many as there could be. */
  readonly turns: number;
  /** Expected number of likes of the slates that were shown. */
  readonly reward: number;
  readonly left: boolean;
  readonly shown: readonly string[];
}

/** Time between the persona's last act and the episode, a day, ms. */
const AWAY = 86_400_000;
/** Time of a turn, a minute, ms. */
const TURN = 60_000;

/**
 * One episode; the same arguments give the same.
 * @param persona the user as remembered before it
 */
export function episodeOf(
  policy: Policy,
  user: Answering,
  shelf: Shelf,
  persona: UserState,
  options: EpisodeOptions,
): Episode {
  const { turns, leaving, seed, k = 10, candidates = 50, saturation = 0.05 } = options;
  const exploration = { temperature: 1, floor: 0.05, ...options.exploration };
  const seen = new Set(persona.recent.map(({ itemId }) => itemId));
  const shown: string[] = [];
  const tired = new Map<string, number>();
  let state = persona;
  let reward = 0;
  for (let turn = 0; turn < turns; turn++) {
    const at = persona.at + AWAY + turn * TURN;
    // What is on offer follows no earlier choice but the items already seen.
    const offered = offerOf(shelf.itemIds, seen, candidates, new Random(mix32(seed) + turn));
    const random = new Random((mix32(seed ^ 0x5eed) >>> 0) * 0x10_0000 + turn);
    const context = { at, k, state, candidates: shelf.describe(state, offered) };
    const { chosen } = drawFrom(slateDistribution(policy, context, exploration), k, random);
    const slate = chosen.map((index) => context.candidates[index]!);
    state = trackImpression(state, at);
    const before = state;
    let likes = 0;
    for (const item of slate) {
      const like = wearied(user.predictItem(before, item), saturation * weariness(tired, item));
      const positive = random.next() < like;
      reward += like;
      if (positive) likes += 1;
      const value = user.predictItemValue(before, item);
      // In the episode's own copy of the state it counts as an answer; nothing of it leaves the episode.
      const click = loggedClick({
        ...{ userId: persona.userId, itemId: item.itemId },
        ...{ at, positive, value },
      });
      state = trackClick(state, click, [...item.groups]);
    }
    for (const [group, exposures] of tired) tired.set(group, exposures / 2);
    for (const { itemId, groups } of slate) {
      seen.add(itemId);
      shown.push(itemId);
      for (const group of groups) tired.set(group, (tired.get(group) ?? 0) + 1);
    }
    if (slate.length === 0 || random.next() < leaving(likes / slate.length)) {
      return { turns: turn + 1, reward, left: true, shown };
    }
  }
  return { turns, reward, left: false, shown };
}

function wearied(p: number, logits: number): number {
  return 1 / (1 + ((1 - p) / p) * Math.exp(logits));
}

function weariness(tired: ReadonlyMap<string, number>, { groups }: Candidate): number {
  const sum = groups.reduce((all, group) => all + (tired.get(group) ?? 0), 0);
  return groups.length > 0 ? sum / groups.length : 0;
}

function offerOf(
  itemIds: readonly string[],
  seen: ReadonlySet<string>,
  n: number,
  random: Random,
): string[] {
  const offered = new Set<string>();
  const most = Math.min(n, itemIds.length - seen.size);
  while (offered.size < most) {
    const itemId = itemIds[random.below(itemIds.length)]!;
    if (!seen.has(itemId)) offered.add(itemId);
  }
  return [...offered];
}
