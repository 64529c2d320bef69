// The decisions that both sides learn from: a seeded world, slates of 10 from 100 candidates, drawn by a
// policy that knows the similarity alone, answered by people. The same arguments give the same stream.
import { answeredExample } from '../../models/attribution.ts';
import type { Policy } from '../../models/policy.ts';
import { Random } from '../../models/random.ts';
import { newUser } from '../../models/user/track.ts';
import { live } from '../../models/world/live.ts';
import { World } from '../../models/world/world.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Example } from '../../schemas/topics/examples.ts';

export interface StreamOptions {
  readonly items: number;
  readonly users: number;
  readonly decisions: number;
  readonly seed: number;
}

export const CANDIDATES = 100;
export const SLATE = 10;
/** Event time before the decisions, ms since the epoch. */
const OPENING = 1_690_000_000_000;

export const worldOf = ({ items, users, seed }: StreamOptions): World =>
  new World({ items, users, seed, topics: 8 });

const bySimilarity: Policy = {
  name: 'similarity',
  version: 0,
  scores: ({ candidates }) =>
    Float64Array.from(candidates, ({ similarity }) => 2 * (similarity ?? 0)),
};

/** Shows every item once, ten a slate, to users in turn, so that a learner knows all of them. */
export function* opening(world: World, seed: number): Generator<Example> {
  const random = new Random(seed);
  const { items, users } = world;
  for (let from = 0, n = 0; from < items.length; from += SLATE, n++) {
    const userId = users[n % users.length]!;
    const at = OPENING + n * 1000;
    const shown = items.slice(from, from + SLATE);
    const impressionId = `opening-${n}`;
    const impression = loggedImpression(
      { impressionId, userId, at, policy: 'opening', tier: 'fast', propensitySource: 'drawn' },
      shown.map(({ itemId }, position) => ({ itemId, propensity: 1 / (shown.length - position) })),
    );
    const clicks = shown
      .filter(
        ({ itemId }) => random.next() < 1 / (1 + Math.exp(-world.interest(userId, itemId, at))),
      )
      .map(({ itemId }) => loggedClick({ clickId: itemId, impressionId, userId, itemId, at }));
    const groups = shown.map((item) => [...item.groups]);
    yield answeredExample(impression, newUser(userId), groups, clicks);
  }
}

/** The decisions with their outcomes; items that were not shown are in `unshown`. */
export function* decisions(world: World, options: StreamOptions): Generator<Example> {
  const { decisions: requests, seed } = options;
  const made = { requests, seed, candidates: CANDIDATES, k: SLATE };
  for (const { examples } of live(world, bySimilarity, made)) yield examples[0]!;
}
