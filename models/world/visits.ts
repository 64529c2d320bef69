// Visits of users to the seeded world: sessions of a few requests, one after another in event time.
import { mix32, Random } from '../random.ts';
import type { World } from './world.ts';

export interface Visit {
  readonly userId: string;
  /** Time of the request, ms since the epoch. */
  readonly at: number;
  /** Items to choose from, distinct. */
  readonly candidates: readonly string[];
  /** Seed of whatever is drawn at this request. */
  readonly seed: number;
}

export interface VisitOptions {
  /** Number of requests in all. */
  readonly requests: number;
  /** Number of candidates of a request. @default 20 */
  readonly candidates?: number;
  /** Seed of the visits. @default 1 */
  readonly seed?: number;
}

/** Time of the first request, ms: 2023-11-14T22:13:20Z, so that times are such as logs have. */
const START = 1_700_000_000_000;
const LONGEST_SESSION = 5;

/** Requests in order of time: 1 to 5 in a session, a minute apart; 35 minutes later, another user. */
export function* visits(world: World, options: VisitOptions): Generator<Visit> {
  // Not the numbers that a world of the same seed was made from.
  const random = new Random(mix32((options.seed ?? 1) ^ 0x76697369));
  const wanted = Math.min(options.candidates ?? 20, world.items.length);
  let at = START;
  let left = 0;
  let userId = '';
  for (let n = 0; n < options.requests; n++) {
    at += 60_000;
    if (left === 0) {
      userId = world.users[random.below(world.users.length)]!;
      left = 1 + random.below(LONGEST_SESSION);
      at += 34 * 60_000;
    }
    left -= 1;
    const candidates = sample(world, wanted, random);
    yield { userId, at, candidates, seed: random.uint32() };
  }
}

/**
 * `n` items drawn by the first steps of a Fisher–Yates shuffle, of which only the moved places are
 * kept.
 */
function sample({ items }: World, n: number, random: Random): string[] {
  const moved = new Map<number, number>();
  return Array.from({ length: n }, (_, i) => {
    const j = i + random.below(items.length - i);
    const drawn = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
    return items[drawn]!.itemId;
  });
}
