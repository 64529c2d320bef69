// Ratings of Coat as examples: an item's groups are its features, alone and with each of the user's.

import type { CoatLog, CoatRating } from '../datasets/coat.ts';
import { LIKED } from '../datasets/movielens.ts';
import { loggedExample } from '../models/evaluation/logged-example.ts';
import type { Candidate } from '../models/policy.ts';
import { newUser, trackClick, trackImpression } from '../models/user/track.ts';
import { loggedClick } from '../schemas/logged-events.ts';
import type { Example } from '../schemas/topics/examples.ts';
import type { UserState } from '../schemas/topics/user-state.ts';

/** The set has no times: the n-th rating is at second n. */
const second = 1000;

/** Users as the stream remembers them, while ratings go by. */
export class CoatExamples {
  private readonly log: CoatLog;
  private readonly states = new Map<number, UserState>();
  private count = 0;

  constructor(log: CoatLog) {
    this.log = log;
  }

  get at(): number {
    return this.count * second;
  }

  stateOf(user: number): UserState {
    return this.states.get(user) ?? newUser(String(user));
  }

  candidate(user: number, item: number): Candidate {
    const { userFeatures, itemFeatures } = this.log;
    const own = itemFeatures[item]!;
    const crossed = userFeatures[user]!.flatMap((of) => own.map((name) => `${of} × ${name}`));
    return { itemId: String(item), groups: [...own, ...crossed], similarity: null };
  }

  /** @param confidence weight of the rating in learning, 0 to 1 */
  example({ user, item, stars }: CoatRating, confidence = 1): Example {
    const { itemId, groups } = this.candidate(user, item);
    const outcome = { itemId, groups: [...groups], positive: stars >= LIKED, reward: stars };
    const example = loggedExample(String(this.count), this.at, this.stateOf(user), [outcome]);
    return { ...example, confidence };
  }

  /** The rating is known now. */
  remember({ user, item, stars }: CoatRating): void {
    const { itemId, groups } = this.candidate(user, item);
    const userId = String(user);
    const positive = stars >= LIKED;
    const click = loggedClick({
      userId,
      itemId,
      at: this.at,
      kind: 'rating',
      positive,
      value: stars,
    });
    const shown = trackImpression(this.stateOf(user), this.at);
    this.states.set(user, trackClick(shown, click, groups));
    this.count += 1;
  }
}
