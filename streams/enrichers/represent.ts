// `represent`: item vectors by the language model, most-wanted items first. An item is wanted as
// often as it is shown; the topic of the vectors is the cache, keyed by content.
import { guarded } from '../../models/llm/fields.ts';
import { contentHash } from '../../models/llm/hash.ts';
import type { LanguageModel } from '../../models/llm/port.ts';
import { ITEM_PROMPT, itemPrompt, representer } from '../../models/llm/roles/representer.ts';
import { unusableAnswer } from '../../models/llm/unusable.ts';
import { kinds } from '../../models/privacy/kinds.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import type { Item } from '../../schemas/topics/items.ts';
import { type Enricher, type EnricherDef, onAsync } from '../engine/enricher.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import { catalogueTable } from '../tables/catalogue.ts';
import { vectorsTable } from '../tables/vectors.ts';
import { Background } from './background.ts';
import { counted, Findings } from './findings.ts';
import type { LlmIo, LlmPorts } from './ports.ts';
import type { ShedReason } from './queue.ts';

export function representEnricher({ desks }: LlmPorts): EnricherDef {
  return {
    name: 'represent',
    doc: 'Item vectors by the language model, most-wanted items first, cached in their topic.',
    inputs: [impressions],
    prompt: false,
    outputs: [itemVectors, audit],
    // The scheduler follows the snapshots, for the adapters of its model.
    tables: [catalogueTable, vectorsTable, snapshotTable],
    create: (io) => new Represent({ ...io, desks }),
  };
}

/** Name under which the vector of an item is cached, and the prompt it is made from. */
function vectorJob(item: Item, model: string): { hash: string; prompt: string } {
  const prompt = itemPrompt(item.text || item.title);
  return { hash: contentHash(model, ITEM_PROMPT, prompt), prompt };
}

/** Asks the model for an item's vector and publishes it, or says why it was not made. */
async function makeVector(
  item: Item,
  at: number,
  priority: number,
  ports: LlmIo,
  findings: Findings,
): Promise<'made' | ShedReason> {
  const desk = ports.desks('representer');
  const { hash, prompt } = vectorJob(item, desk.name);
  const embed = async (model: LanguageModel) => usable(await model.embed(prompt), model);
  const result = await desk.ask(hash, embed, { priority });
  if (result.shed) return result.reason;
  const vector = result.value;
  const vectors = ports.tables.of(vectorsTable);
  if (!vectors.has(item.itemId)) {
    vectors.add(item.itemId, vector);
    const record = { hash, itemId: item.itemId, at, model: desk.name };
    await ports.emit(itemVectors, [{ ...record, vector: [...vector], roles: [] }]);
    const { masked } = guarded(representer, { title: item.text || item.title });
    await findings.note(at, { privacy: counted(kinds, masked) });
  }
  return 'made';
}

/** A vector of another width would begin the index anew, and one that is no number would reach scores. */
function usable(vector: Float32Array, { name, width }: LanguageModel): Float32Array {
  if (vector.length === width && vector.every(Number.isFinite)) return vector;
  const why = `It is to have ${width} finite numbers.`;
  throw unusableAnswer(name, { gave: 'a vector', why, variable: 'LLM_MODEL' });
}

/** Wishes in the queue at a time: few, so that the next one is always the most wanted by then. */
const asked = 4;

/** What is served here is answered and learned from here: it counts as shown so many times. */
const servedWeight = 100;

/** Items that may be wished for at a time; of more, those least wanted are forgotten. */
const mostWishes = 100_000;

class Represent implements Enricher {
  readonly counts = { vectors: 0, shed: 0, forgotten: 0 };
  readonly handlers = [onAsync(impressions, (impression) => this.onImpression(impression))];
  private readonly ports: LlmIo;
  private readonly background = new Background();
  private readonly findings: Findings;
  /** Times each item without a vector was shown, weighted, and when it was last. */
  private readonly wanted = new Map<string, { times: number; at: number }>();
  private readonly waiting = new Set<string>();

  constructor(ports: LlmIo) {
    this.ports = ports;
    this.findings = new Findings('represent', ports, 128);
  }

  /** Returns at once: the wish is kept here, and the log is never held up for the model. */
  private onImpression({ items, at, origin }: Impression): void {
    const vectors = this.ports.tables.of(vectorsTable);
    const weight = origin === 'served' ? servedWeight : 1;
    for (const { itemId } of items) {
      if (vectors.has(itemId)) continue;
      const times = (this.wanted.get(itemId)?.times ?? 0) + weight;
      this.wanted.set(itemId, { times, at });
    }
    if (this.wanted.size > mostWishes) this.forget();
    this.ask();
  }

  settled(): Promise<void> {
    return this.background.settled();
  }

  /** Half of the wishes at a time, so that it is seldom; an item that is shown again is wished for again. */
  private forget(): void {
    const wishes = [...this.wanted].sort(([, a], [, b]) => b.times - a.times || b.at - a.at);
    for (const [itemId] of wishes.slice(mostWishes / 2)) {
      this.wanted.delete(itemId);
      this.counts.forgotten++;
    }
  }

  /** Keeps the queue supplied with what is wanted most. */
  private ask(): void {
    while (this.waiting.size < asked) {
      const itemId = this.mostWanted();
      if (itemId === undefined) return;
      const wish = this.wanted.get(itemId)!;
      const item = this.ports.tables.of(catalogueTable).get(itemId);
      this.wanted.delete(itemId);
      if (!item) continue;
      this.waiting.add(itemId);
      const done = (outcome: 'made' | ShedReason) => {
        this.waiting.delete(itemId);
        if (outcome === 'made') this.counts.vectors++;
        else this.counts.shed++;
        // A closed queue takes nothing more: what is still wanted stays so for the next start.
        if (outcome !== 'closed') this.ask();
      };
      const made = makeVector(item, wish.at, -wish.times, this.ports, this.findings);
      this.background.add(made.then(done, () => done('failed')));
    }
  }

  private mostWanted(): string | undefined {
    const vectors = this.ports.tables.of(vectorsTable);
    let best: string | undefined;
    let most = 0;
    for (const [itemId, { times }] of this.wanted) {
      if (vectors.has(itemId)) this.wanted.delete(itemId);
      else if (times > most && !this.waiting.has(itemId)) {
        best = itemId;
        most = times;
      }
    }
    return best;
  }
}
