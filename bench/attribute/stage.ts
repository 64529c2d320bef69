// The job `attribute` as a stage: joins slates with their clicks in event time, with what was known of
// the user at the moment of showing. bench/peers/kafka-streams/README.md defines it.
import { type Context, on, type Stage, type StageLogic } from '../../streams/engine/stage.ts';
import { defineStore, type StoreDef } from '../../streams/engine/store.ts';
import {
  type BenchClick,
  type BenchImpression,
  type BenchUser,
  benchClicks,
  benchExamples,
  benchImpressions,
  openChangelog,
  usersChangelog,
} from './topics.ts';

/** Number of clicks remembered of a user. */
export const recentKept = 50;
/** Number of remembered clicks that go into an example. */
export const recentEmitted = 20;

export interface AttributeOptions {
  /** Time that a slate waits for clicks, ms. @default 30_000 */
  readonly windowMs?: number;
  /** Time for which a transaction gathers records, ms. @default 100 */
  readonly commitEveryMs?: number;
}

const newUser: BenchUser = { clicks: 0, lastSeen: 0, recent: [] };

export const usersStore = defineStore({ name: 'users', changelog: usersChangelog });

export function attributeStage(options: AttributeOptions = {}): Stage {
  const { windowMs = 30_000, commitEveryMs = 100 } = options;
  const openStore = defineStore({
    name: 'open',
    changelog: openChangelog,
    expiresAt: ({ at }) => at + windowMs,
  });
  return {
    name: 'attribute',
    doc: 'Joins slates with their clicks in event time; the job both sides of the benchmark do.',
    steps: ['attribute'],
    inputs: [benchImpressions, benchClicks],
    outputs: [benchExamples],
    stores: [usersStore, openStore],
    commitEveryMs,
    flushOn: [],
    tables: [],
    create: () => new Attribute(openStore),
  };
}

class Attribute implements StageLogic {
  readonly handlers = [
    on(benchImpressions, (shown, context) => this.impression(shown, context)),
    on(benchClicks, (click, context) => this.click(click, context)),
  ];
  private readonly openStore: StoreDef<typeof openChangelog>;

  constructor(openStore: StoreDef<typeof openChangelog>) {
    this.openStore = openStore;
  }

  advance(context: Context): void {
    const open = context.store(this.openStore);
    for (const [id, example] of open.expire(context.streamTime)) {
      context.emit(benchExamples, example);
      open.delete(id);
    }
  }

  private impression(shown: BenchImpression, context: Context): void {
    const { impressionId, userId, at } = shown;
    const users = context.store(usersStore);
    const user = users.get(userId) ?? newUser;
    context.store(this.openStore).put(impressionId, {
      impressionId,
      userId,
      at,
      slate: shown.slate.map(({ itemId, position, propensity }) => ({
        itemId,
        position,
        propensity,
        reward: 0,
      })),
      reward: 0,
      userClicks: user.clicks,
      recent: user.recent.slice(-recentEmitted),
    });
    users.put(userId, {
      clicks: user.clicks,
      lastSeen: Math.max(user.lastSeen, at),
      recent: user.recent,
    });
  }

  private click(
    { impressionId, userId, itemId, position, at, value }: BenchClick,
    context: Context,
  ) {
    const open = context.store(this.openStore);
    const example = open.get(impressionId);
    const slot = example?.slate.findIndex((one) => one.position === position) ?? -1;
    if (example && slot >= 0) {
      const { reward } = example.slate[slot]!;
      const slate = example.slate.with(slot, { ...example.slate[slot]!, reward: reward + value });
      open.put(impressionId, { ...example, slate, reward: example.reward + value });
    }
    const users = context.store(usersStore);
    const user = users.get(userId) ?? newUser;
    users.put(userId, {
      clicks: user.clicks + 1,
      lastSeen: Math.max(user.lastSeen, at),
      recent: [...user.recent.slice(1 - recentKept), itemId],
    });
  }
}
