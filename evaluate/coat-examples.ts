// Ratings of Coat as examples: an item's groups are its features, alone and with each of the user's.
import type { CoatLog, CoatRating } from '../datasets/coat.ts';
import { LIKED } from '../datasets/movielens.ts';
import { MemoryPipeline } from '../models/memory-pipeline.ts';
import type { Candidate, PredictionContext } from '../models/policy.ts';
import { loggedClick, loggedImpression } from '../schemas/logged-events.ts';
import type { Example } from '../schemas/topics/examples.ts';
import type { UserState } from '../schemas/topics/user-state.ts';

/** The set has no times: the n-th rating is at second n. */
const second = 1000;

/** Makes examples of ratings, with users as the stream remembers them. */
export class CoatExamples {
  private readonly log: CoatLog;
  private readonly pipeline: MemoryPipeline;
  private count = 0;

  constructor(log: CoatLog) {
    this.log = log;
    const groupsOf = (itemId: string, userId: string) =>
      this.groupsOf(Number(userId), Number(itemId));
    this.pipeline = new MemoryPipeline({ groupsOf });
  }

  get at(): number {
    return this.count * second;
  }

  stateOf(user: number): UserState {
    return this.pipeline.stateOf(String(user));
  }

  candidate(user: number, item: number): Candidate {
    return { itemId: String(item), groups: this.groupsOf(user, item), similarity: null };
  }

  /** What a prediction is made from, for a user and an item. */
  context(user: number, item: number): PredictionContext {
    const [state, items] = [this.stateOf(user), [this.candidate(user, item)]];
    return { userId: state.userId, at: this.at, state, items };
  }

  /**
   * Takes a rating, which is remembered from now on.
   * @param confidence weight of the rating in learning, 0 to 1.
   * @default 1
   */
  take({ user, item, stars }: CoatRating, confidence = 1): Example {
    const { at, count } = this;
    const [impressionId, userId, itemId] = [String(count), String(user), String(item)];
    const click = { clickId: impressionId, impressionId, userId, itemId, at, confidence };
    this.count += 1;
    return this.pipeline.take(loggedImpression({ impressionId, userId, at }, [{ itemId }]), [
      loggedClick({ ...click, kind: 'rating', positive: stars >= LIKED, value: stars }),
    ]);
  }

  private groupsOf(user: number, item: number): string[] {
    const { userFeatures, itemFeatures } = this.log;
    const own = itemFeatures[item]!;
    return [...own, ...userFeatures[user]!.flatMap((of) => own.map((name) => `${of} × ${name}`))];
  }
}
