// A policy that scores candidates of a decision, asked of every item it has learned of.
import type { Example } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import { Ids } from '../ids.ts';
import type { Candidate, LearningPolicy } from '../policy.ts';
import type { NextItemModel } from './full-ranking.ts';

export class PolicyItems implements NextItemModel {
  readonly name: string;
  private readonly policy: LearningPolicy;
  private readonly items = new Ids();
  private readonly candidates: Candidate[] = [];
  /** By user, the state after the last example. */
  private readonly states = new Map<string, UserState>();

  constructor(policy: LearningPolicy) {
    this.name = policy.name;
    this.policy = policy;
  }

  get itemIds(): readonly string[] {
    return this.items.names;
  }

  /** Scores of all items for a user; empty for a user never learned of. */
  scoreItems(userId: string): Float64Array {
    const state = this.states.get(userId);
    if (!state) return new Float64Array(0);
    return this.policy.scores({ at: state.at, k: 1, state, candidates: this.candidates });
  }

  /** Learns an example. Of the state after it, only the recent items are brought up to date. */
  learn(example: Example): void {
    const { at, items, state, userId } = example;
    for (const { itemId, groups, similarity } of items) {
      if (this.items.find(itemId) >= 0) continue;
      this.items.add(itemId);
      this.candidates.push({ itemId, groups, similarity });
    }
    this.policy.learn(example);
    const recent = items.map(({ itemId, positive, reward: value }) => ({
      itemId,
      at,
      positive,
      value,
    }));
    this.states.set(userId, { ...state, at, recent: [...state.recent, ...recent] });
  }
}
