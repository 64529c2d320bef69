// `represent`: item vectors by the language model, most-wanted items first. An item is wanted as
// often as it is shown; the topic of the vectors is the cache, keyed by content.
import { contentHash } from '../../models/llm/hash.ts';
import { ITEM_PROMPT, itemPrompt } from '../../models/llm/prompts.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import type { Item } from '../../schemas/topics/items.ts';
import type { Enricher, EnricherDef, EnricherPorts } from './enricher.ts';

export const representEnricher: EnricherDef = {
  name: 'represent',
  doc: 'Item vectors by the language model, most-wanted items first, cached in their topic.',
  inputs: [impressions],
  outputs: [itemVectors],
  tables: ['catalogue', 'vectors'],
  create: (ports) => new Represent(ports),
};

/** Name under which the vector of an item is cached, and the prompt it is made from. */
export function vectorJob(item: Item, model: string): { hash: string; prompt: string } {
  const prompt = itemPrompt(item.title);
  return { hash: contentHash(model, ITEM_PROMPT, prompt), prompt };
}

/** Asks the model for an item's vector and publishes it; null when the queue shed the job. */
export async function makeVector(
  item: Item,
  at: number,
  ports: EnricherPorts,
  wish: { priority: number; deadlineMs?: number },
): Promise<Float32Array | null> {
  const { hash, prompt } = vectorJob(item, ports.model.name);
  const result = await ports.queue.submit(hash, prompt, wish);
  if (result.shed) return null;
  const vector = result.value;
  if (!ports.tables.vectors.has(item.itemId)) {
    ports.tables.vectors.add(item.itemId, vector);
    const record = { hash, itemId: item.itemId, at, model: ports.model.name };
    await ports.emit(itemVectors, [{ ...record, vector: [...vector] }]);
  }
  return vector;
}

class Represent implements Enricher {
  readonly counts = { vectors: 0, shed: 0 };
  private readonly ports: EnricherPorts;
  private readonly wanted = new Map<string, number>();
  private readonly asked = new Set<string>();

  constructor(ports: EnricherPorts) {
    this.ports = ports;
  }

  /** Returns at once: the wish is kept here, and the log is never held up for the model. */
  onEvent(_topic: string, event: unknown): void {
    const { items, at } = event as Impression;
    for (const { itemId } of items) this.want(itemId, at);
  }

  private want(itemId: string, at: number): void {
    const { tables, queue, model } = this.ports;
    if (tables.vectors.has(itemId)) return;
    const item = tables.catalogue.get(itemId);
    if (!item) return;
    const times = (this.wanted.get(itemId) ?? 0) + 1;
    this.wanted.set(itemId, times);
    if (this.asked.has(itemId)) {
      queue.reprioritise(vectorJob(item, model.name).hash, -times);
      return;
    }
    this.asked.add(itemId);
    const done = (vector: Float32Array | null) => {
      this.asked.delete(itemId); // shed for now: the next time it is shown it is wanted again
      if (vector) this.wanted.delete(itemId);
      if (vector) this.counts.vectors++;
      else this.counts.shed++;
    };
    void makeVector(item, at, this.ports, { priority: -times }).then(done, () => done(null));
  }
}
