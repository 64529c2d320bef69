// Makes the vectors of items by one language model, most-wanted items first.
import { guarded } from '../../models/llm/fields.ts';
import { contentHash } from '../../models/llm/hash.ts';
import type { LanguageModel } from '../../models/llm/port.ts';
import { ITEM_PROMPT, itemPrompt, representer } from '../../models/llm/roles/representer.ts';
import { unusableAnswer } from '../../models/llm/unusable.ts';
import { kinds } from '../../models/privacy/kinds.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import type { Item } from '../../schemas/topics/items.ts';
import type { EnricherIo } from '../engine/enricher.ts';
import { catalogueTable } from '../tables/catalogue.ts';
import { type VectorRole, vectorRoles, vectorsTable } from '../tables/vectors.ts';
import { type AuditCounter, counted } from './audit-counter.ts';
import type { Background } from './background.ts';
import type { LlmScheduler } from './llm-scheduler.ts';
import { PendingWrites } from './pending-writes.ts';
import type { ShedReason } from './queue.ts';

/**
 * Largest number of wishes in the queue at a time: few, so that the next one is the most wanted by
 * then.
 */
const asked = 4;

/**
 * Number of showings that one showing in a slate served here counts for: such slates are answered
 * and learned from here.
 */
const servedWeight = 100;

/** Largest number of items wished for; beyond it the least wanted are forgotten. */
const mostWishes = 100_000;

export interface VectorMakerOptions {
  readonly io: EnricherIo;
  readonly scheduler: LlmScheduler;
  /** Roles that have this model; empty if all roles that use vectors have it. */
  readonly roles: readonly VectorRole[];
  readonly auditCounter: AuditCounter;
  /** Counts of vectors made, of wishes that the model had no time for, and of wishes forgotten. */
  readonly counts: { vectors: number; shed: number; forgotten: number };
  readonly background: Background;
}

export class VectorMaker {
  private readonly options: VectorMakerOptions;
  /**
   * For each item without a vector: how often it was shown, weighted, and when last (event time,
   * ms).
   */
  private readonly wanted = new Map<string, { times: number; at: number }>();
  private readonly waiting = new Set<string>();
  private readonly written: PendingWrites<true>;
  /** Whether a record by this process has said yet which roles have the model. */
  private announced = false;

  constructor(options: VectorMakerOptions) {
    this.options = options;
    const vectors = options.io.tables.of(vectorsTable);
    const { name } = options.scheduler;
    this.written = new PendingWrites((itemId) => vectors.by(name).has(itemId) || undefined);
  }

  /** Notes a wish for each shown item that has no vector. Returns at once. */
  want({ items, at, servedBy }: Impression): void {
    const weight = servedBy === 'served' ? servedWeight : 1;
    for (const { itemId } of items) {
      if (!this.lacks(itemId)) continue;
      const times = (this.wanted.get(itemId)?.times ?? 0) + weight;
      this.wanted.set(itemId, { times, at });
    }
    if (this.wanted.size > mostWishes) this.forget();
    this.ask();
  }

  /**
   * Whether a vector must be made for the item, or published again to say which roles have the
   * model.
   */
  private lacks(itemId: string): boolean {
    if (!this.written.get(itemId)) return true;
    if (this.announced) return false;
    const { io, scheduler, roles } = this.options;
    const vectors = io.tables.of(vectorsTable);
    const own = roles.length === 0 ? vectorRoles : roles;
    return own.some((role) => vectors.of(role).model !== scheduler.name);
  }

  /**
   * Forgets the less wanted half of the wishes, so that it happens seldom; an item that is shown
   * again is wished for again.
   */
  private forget(): void {
    const wishes = [...this.wanted].sort(([, a], [, b]) => b.times - a.times || b.at - a.at);
    for (const [itemId] of wishes.slice(mostWishes / 2)) {
      this.wanted.delete(itemId);
      this.options.counts.forgotten++;
    }
  }

  /** Keeps the queue supplied with what is wanted most. */
  private ask(): void {
    const { io, counts, background } = this.options;
    while (this.waiting.size < asked) {
      const itemId = this.mostWanted();
      if (itemId === undefined) return;
      const wish = this.wanted.get(itemId)!;
      const item = io.tables.of(catalogueTable).get(itemId);
      this.wanted.delete(itemId);
      if (!item) continue;
      this.waiting.add(itemId);
      const done = (outcome: 'made' | ShedReason) => {
        this.waiting.delete(itemId);
        if (outcome === 'made') counts.vectors++;
        else counts.shed++;
        // A closed queue takes nothing more: what is still wanted stays so for the next start.
        if (outcome !== 'closed') this.ask();
      };
      background.add(this.make(item, wish.at, -wish.times).then(done, () => done('failed')));
    }
  }

  private mostWanted(): string | undefined {
    let best: string | undefined;
    let most = 0;
    for (const [itemId, { times }] of this.wanted) {
      if (!this.lacks(itemId)) this.wanted.delete(itemId);
      else if (times > most && !this.waiting.has(itemId)) {
        best = itemId;
        most = times;
      }
    }
    return best;
  }

  /** Asks the model for an item's vector and publishes it, or says why it was not made. */
  private async make(item: Item, at: number, priority: number): Promise<'made' | ShedReason> {
    const { io, scheduler, roles, auditCounter } = this.options;
    const { itemId } = item;
    const text = item.text || item.title;
    const prompt = itemPrompt(text);
    const { name: model } = scheduler;
    const hash = contentHash(model, ITEM_PROMPT, prompt);
    const embed = async (llm: LanguageModel) => usable(await llm.embed(prompt), llm);
    const result = await scheduler.ask(hash, embed, { priority });
    if (result.shed) return result.reason;
    // Another process may have been sooner.
    if (!this.lacks(itemId)) return 'made';
    const vector = [...result.value];
    await io.emit(itemVectors, [{ hash, itemId, at, model, vector, roles: [...roles] }]);
    this.written.add(itemId, true);
    this.announced = true;
    const { masked } = guarded(representer, { title: text });
    await auditCounter.note(at, { privacy: counted(kinds, masked) });
    return 'made';
  }
}

/**
 * The vector, if its width is the model's and all its values are numbers. Another width would begin
 * the index anew, and a value that is no number would reach scores.
 */
function usable(vector: Float32Array, { name, width }: LanguageModel): Float32Array {
  if (vector.length === width && vector.every(Number.isFinite)) return vector;
  const why = `It is to have ${width} finite numbers.`;
  throw unusableAnswer(name, { gave: 'a vector', why, variable: 'LLM_MODEL' });
}
