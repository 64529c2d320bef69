// What `represent` wishes for, and how much of it, however slow the language model is.
import { describe, expect, it } from '@jest/globals';
import { impressions } from '../../schemas/topics/impressions.ts';
import { type ItemVector, itemVectors } from '../../schemas/topics/item-vectors.ts';
import { TableSet } from '../../streams/engine/table.ts';
import { representEnricher } from '../../streams/enrichers/represent.ts';
import { catalogueTable } from '../../streams/tables/catalogue.ts';
import { vectorsTable } from '../../streams/tables/vectors.ts';
import { EnricherRuntime } from '../support/enricher-runtime.ts';
import { give } from '../support/enrichers.ts';
import { impressionOf, itemOf } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';
import { portsOf, schedulerOf } from '../support/schedulers.ts';

/** The enricher on a catalogue, and a model that answers when the test says so. */
function enricher(itemIds: Iterable<string>) {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const model = fakeModel({
    width: 2,
    embed(prompt) {
      asked.push(prompt);
      return new Promise((resolve) => {
        answers.push(() => resolve(new Float32Array(2)));
      });
    },
  });
  const scheduler = schedulerOf(model, { capacity: 8 });
  const made = new EnricherRuntime(representEnricher({ schedulers: () => scheduler }));
  const catalogue = made.runtime.tables.of(catalogueTable);
  for (const itemId of itemIds) catalogue.put(itemOf(itemId));
  const show = (at: number, ids: readonly string[]) =>
    made.give(impressions, impressionOf(`i${at}`, 'u', at, ids));
  return { asked, answers, queue: scheduler.queue, show, counts: made.counts };
}

/** The enricher with tables that the test feeds, and what it wrote. */
function lagging(own: Parameters<typeof portsOf>[1] = {}) {
  const asked: string[] = [];
  const model = fakeModel({
    name: 'common',
    width: 2,
    async embed(prompt) {
      asked.push(prompt);
      return new Float32Array(2);
    },
  });
  const def = representEnricher(portsOf(model, own), ['policy', 'simulator']);
  const tables = new TableSet(def.tables);
  for (const id of ['a', 'b', 'c']) tables.of(catalogueTable).put(itemOf(id));
  const written: ItemVector[] = [];
  const made = def.create({
    tables,
    emit: async (topic, events) => {
      if (topic.name === itemVectors.name) written.push(...(events as unknown as ItemVector[]));
    },
  });
  let at = 0;
  const show = async (...ids: string[]) => {
    give(made, impressions, impressionOf(`i${at++}`, 'u', at, ids));
    await made.settled!();
  };
  const vectors = tables.of(vectorsTable);
  const arrive = () => {
    for (const record of written) vectors.take(record);
  };
  return { asked, written, vectors, show, arrive };
}

describe('represent', () => {
  it('keeps the wishes that are wanted most, and no more than it can hold', async () => {
    const wished = Array.from({ length: 250_000 }, (_, i) => `item-${i}`);
    const { show, counts, asked, answers, queue } = enricher(['first', 'favourite', ...wished]);
    // These keep the model busy, so that nothing else leaves the wishes.
    show(0, ['first', 'item-0', 'item-1', 'item-2']);
    for (let at = 1; at <= 3; at++) show(at, ['favourite']);
    for (let i = 10; i < wished.length; i += 10) show(i, wished.slice(i, i + 10));
    const known = wished.length - 10 + 1;
    expect(known - counts.forgotten!).toBeLessThanOrEqual(100_000);
    expect(known - counts.forgotten!).toBeGreaterThanOrEqual(50_000);
    expect(queue.metrics.queued).toBeLessThanOrEqual(4);
    // A wish becomes free: it goes to what was shown most, long ago as that was.
    while (!asked.some((prompt) => prompt.includes('favourite')) && asked.length < 6) {
      answers.shift()?.();
      await new Promise(setImmediate);
    }
    expect(asked.findIndex((prompt) => prompt.includes('favourite'))).toBeGreaterThan(0);
    expect(asked.findIndex((prompt) => prompt.includes('item-249999'))).toBe(-1);
  });

  it('makes no vector twice while its table does not show it yet', async () => {
    const { written, vectors, show, arrive } = lagging();
    await show('a');
    await show('a', 'b');
    expect(written.map(({ itemId }) => itemId)).toEqual(['a', 'b']);
    expect(vectors.of('representer').size).toBe(0);
    arrive();
    await show('a', 'b', 'c');
    expect(written.map(({ itemId }) => itemId)).toEqual(['a', 'b', 'c']);
  });

  it('makes those of a model that a role has of its own beside the others', async () => {
    const embed = async () => new Float32Array(3);
    const own = fakeModel({ name: 'own', width: 3, embed });
    const { written, show } = lagging({ simulator: own });
    await show('a');
    const made = written.map(({ model, roles, vector }) => [model, roles, vector.length]);
    expect(made.toSorted()).toEqual([
      ['common', ['representer', 'policy'], 2],
      ['own', ['simulator'], 3],
    ]);
    expect(new Set(written.map(({ hash }) => hash)).size).toBe(2);
  });

  it('says once that a role has no model of its own any more', async () => {
    const { asked, written, vectors, show, arrive } = lagging();
    const vector = [1, 2];
    for (const itemId of ['a', 'b', 'c']) {
      vectors.take({ itemId, model: 'common', vector, roles: ['representer', 'simulator'] });
      vectors.take({ itemId, model: 'own', vector, roles: ['policy'] });
    }
    await show('a');
    expect(written.map(({ itemId, model, roles }) => [itemId, model, roles])).toEqual([
      ['a', 'common', []],
    ]);
    // Also while the table does not show it.
    await show('b', 'c');
    arrive();
    await show('a', 'b', 'c');
    expect([asked.length, vectors.of('policy').model]).toEqual([1, 'common']);
  });
});
