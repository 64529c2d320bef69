// A stage that counts the clicks of each user, and fails where a test wants it to.

import { newUser } from '../../models/user/track.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { type Reward, rewards } from '../../schemas/topics/rewards.ts';
import { type UserState, userStates } from '../../schemas/topics/user-state.ts';
import { type Context, on, type Stage } from '../../streams/engine/stage.ts';
import { defineStore } from '../../streams/engine/store.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import { clickOf } from './events.ts';

/** A user who has been away for so long is forgotten, ms. */
const forgetMs = 5_000;

export const tallyStore = defineStore({
  name: 'tally',
  changelog: userStates,
  expiresAt: ({ at }: UserState) => at + forgetMs,
});

/** A click on this makes the stage throw, after it has changed state and emitted. */
export const poison = 'poison';

/** A click on `large-N` makes it emit a reward of more than N bytes. */
const large = /^large-(\d+)$/;

export const tallyStage: Stage = {
  name: 'tally',
  doc: 'Counts the clicks of each user.',
  steps: ['tally'],
  inputs: [clicks],
  outputs: [rewards],
  stores: [tallyStore],
  commitEveryMs: 20,
  flushOn: [],
  tables: [],
  create: () => ({
    advance(context) {
      const states = context.store(tallyStore);
      for (const [userId, state] of states.expire(context.streamTime)) {
        context.emit(rewards, rewardOf('forgotten', userId, state, context));
        states.delete(userId);
      }
    },
    handlers: [
      on(clicks, ({ clickId, userId, itemId, at, value }, context) => {
        const states = context.store(tallyStore);
        const old = states.get(userId) ?? newUser(userId);
        const state = { ...old, at, feedbacks: old.feedbacks + 1, valueSum: old.valueSum + value };
        states.put(userId, state);
        const bytes = Number(large.exec(itemId)?.[1] ?? 0);
        const reward = rewardOf(clickId, userId, state, context);
        context.emit(rewards, { ...reward, policy: 'x'.repeat(bytes) });
        if (itemId === poison) throw new Error(`${clickId} is poisoned`);
      }),
    ],
  }),
};

export const tallyTopology: Topology = { stages: [tallyStage], enrichers: [] };

/** The same of clicks in order of time with slates, which it leaves alone. */
export const mergingStage: Stage = {
  ...tallyStage,
  inputs: [clicks, impressions],
  create(tables) {
    const logic = tallyStage.create(tables);
    return { ...logic, handlers: [...logic.handlers, on(impressions, () => {})] };
  },
};

/** What is known of the user, and the time the stage believes it is. */
function rewardOf(clickId: string, userId: string, state: UserState, context: Context): Reward {
  return {
    clickId,
    impressionId: String(state.feedbacks),
    userId,
    itemId: 'tallied',
    position: 0,
    at: context.streamTime,
    policy: '',
    variant: '',
    positive: true,
    value: state.valueSum,
    source: 'logged',
    confidence: 1,
  };
}

/** A click of one of seven users; the next comes 100 ms later. */
export function tallyClick(i: number, itemId = 'a'): Click {
  return clickOf(`c${i}`, `i${i}`, `user-${i % 7}`, itemId, 1_000_000 + i * 100, { value: i });
}
