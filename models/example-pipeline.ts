// How examples come to be, whoever plays the log: slates are shown, users are tracked, feedback is
// attributed in event time, and a window that closes is an example. The serving stage runs it over its
// stores; protocols, worlds and tests run it in memory.
import type { Click } from '../schemas/topics/clicks.ts';
import type { Example } from '../schemas/topics/examples.ts';
import type { Impression } from '../schemas/topics/impressions.ts';
import type { OpenImpression } from '../schemas/topics/open-impressions.ts';
import type { UserState } from '../schemas/topics/user-state.ts';
import {
  type Attribution,
  attributeClick,
  exampleOf,
  graceMarkerOf,
  openWindow,
} from './attribution.ts';
import { newUser, trackClick, trackImpression } from './user/track.ts';

interface Keyed<V> {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
}

/** What is kept from one event to the next, for instance in the stores of a stage. */
export interface PipelineStores {
  readonly users: Keyed<UserState>;
  readonly open: Keyed<OpenImpression> & {
    delete(key: string): void;
    /** Removes and gives the entries that expire at `time` or before, earliest first. */
    expire(time: number): Iterable<readonly [key: string, entry: OpenImpression]>;
  };
}

export interface PipelineRules {
  /** Groups of an item, as its user sees them. */
  groupsOf(itemId: string, userId: string): readonly string[];
  /** Time that a slate waits for feedback, ms. */
  windowOf(impression: Impression): number;
}

export class ExamplePipeline {
  readonly #stores: PipelineStores;
  readonly #rules: PipelineRules;

  constructor(stores: PipelineStores, rules: PipelineRules) {
    this.#stores = stores;
    this.#rules = rules;
  }

  /** The user as remembered now; a user never seen has a state of zeros. */
  stateOf(userId: string): UserState {
    return this.#stores.users.get(userId) ?? newUser(userId);
  }

  /** What is kept of a slate that was shown: it waits for feedback, or has a grace marker. */
  waiting(impressionId: string): OpenImpression | undefined {
    return this.#stores.open.get(impressionId);
  }

  /** Groups of each shown item, then of each candidate that was not shown. */
  groupsIn({ userId, items, unshown }: Impression): string[][] {
    return [...items, ...unshown].map(({ itemId }) => [...this.#rules.groupsOf(itemId, userId)]);
  }

  /**
   * Takes a slate that was shown. One that waits already was delivered twice, and is passed over.
   */
  show(impression: Impression): void {
    const { impressionId, userId, at } = impression;
    const { users, open } = this.#stores;
    if (open.get(impressionId)) return;
    const state = this.stateOf(userId);
    const groups = this.groupsIn(impression);
    const windowMs = this.#rules.windowOf(impression);
    open.put(impressionId, openWindow(impression, state, groups, windowMs));
    users.put(userId, trackImpression(state, at));
  }

  /** Takes a user's answer. One that joins no slate is remembered too, unless it came before. */
  answer(click: Click): Attribution {
    const { users, open } = this.#stores;
    const { impressionId, userId, itemId } = click;
    const attribution = attributeClick(open.get(impressionId), click);
    if (attribution.kind === 'joined') open.put(impressionId, attribution.entry);
    else if (attribution.code === 'click-duplicate') return attribution;
    const groups = this.#rules.groupsOf(itemId, userId);
    users.put(userId, trackClick(this.stateOf(userId), click, groups));
    return attribution;
  }

  /** Moves event time to `time`. @returns the examples of windows that close, earliest first */
  *advance(time: number): Generator<Example> {
    const { open } = this.#stores;
    for (const [id, entry] of open.expire(time)) {
      if (entry.open) {
        yield exampleOf({ ...entry, open: entry.open });
        open.put(id, graceMarkerOf(entry, this.#rules.windowOf(entry.open.impression)));
      } else open.delete(id);
    }
  }
}
