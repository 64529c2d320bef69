// The pipeline of examples in memory, for a log that is played in order of time.
import type { Click } from '../schemas/topics/clicks.ts';
import type { Example } from '../schemas/topics/examples.ts';
import type { Impression } from '../schemas/topics/impressions.ts';
import type { OpenImpression } from '../schemas/topics/open-impressions.ts';
import type { UserState } from '../schemas/topics/user-state.ts';
import { ANSWERED_WITHIN_MS, exampleOf, joined } from './attribution.ts';
import { ExamplePipeline, type PipelineRules, type PipelineStores } from './example-pipeline.ts';

export interface MemoryPipelineOptions {
  /** Gives the groups of an item. @default no item has a group */
  readonly groupsOf?: PipelineRules['groupsOf'];
  /** Time that every slate waits for feedback, ms. @default 1000 */
  readonly windowMs?: number;
}

export class MemoryPipeline extends ExamplePipeline {
  readonly #open: OpenSlates;

  constructor({ groupsOf = () => [], windowMs = ANSWERED_WITHIN_MS }: MemoryPipelineOptions = {}) {
    const open = new OpenSlates();
    super({ users: users(), open }, { groupsOf, windowOf: () => windowMs });
    this.#open = open;
  }

  /**
   * Shows a slate whose answers are all known, remembers them, and closes it at once.
   * @throws MillraceError `click-orphan`, `click-late`, `click-duplicate` for a click that is no
   * answer to it
   */
  take(impression: Impression, clicks: readonly Click[]): Example {
    this.show(impression);
    for (const click of clicks) joined(this.answer(click), click);
    const entry = this.#open.get(impression.impressionId)!;
    this.#open.delete(impression.impressionId);
    return exampleOf({ ...entry, open: entry.open! });
  }
}

function users(): PipelineStores['users'] {
  const states = new Map<string, UserState>();
  return { get: (userId) => states.get(userId), put: (userId, state) => states.set(userId, state) };
}

/**
 * Slates by the end of their windows. All windows have one length, and slates come in order of time;
 * so the order in which entries get their ends is the order of the ends.
 */
class OpenSlates {
  readonly #entries = new Map<string, OpenImpression>();

  get(impressionId: string): OpenImpression | undefined {
    return this.#entries.get(impressionId);
  }

  put(impressionId: string, entry: OpenImpression): void {
    const moved = this.#entries.get(impressionId)?.expiresAt !== entry.expiresAt;
    if (moved) this.#entries.delete(impressionId);
    this.#entries.set(impressionId, entry);
  }

  delete(impressionId: string): void {
    this.#entries.delete(impressionId);
  }

  *expire(time: number): Generator<[string, OpenImpression]> {
    for (const [impressionId, entry] of this.#entries) {
      if (entry.expiresAt > time) return;
      yield [impressionId, entry];
    }
  }
}
