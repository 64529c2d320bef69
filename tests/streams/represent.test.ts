// What `represent` wishes for, and how much of it, however slow the language model is.
import { describe, expect, it } from '@jest/globals';
import { impressions } from '../../schemas/topics/impressions.ts';
import { TableSet } from '../../streams/engine/table.ts';
import { LlmScheduler } from '../../streams/enrichers/llm-scheduler.ts';
import { representEnricher } from '../../streams/enrichers/represent.ts';
import { catalogueTable } from '../../streams/tables/catalogue.ts';
import { give } from '../support/enrichers.ts';
import { impressionOf, itemOf } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';

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
  const scheduler = new LlmScheduler(model, {
    capacity: 8,
    budget: { share: 1 },
    now: () => 0,
    wait: () => Promise.resolve(),
  });
  const def = representEnricher({ schedulers: () => scheduler });
  const tables = new TableSet(def.tables);
  for (const itemId of itemIds) tables.of(catalogueTable).put(itemOf(itemId));
  const made = def.create({
    tables,
    emit: async () => {},
  });
  const show = (at: number, ids: readonly string[]) =>
    give(made, impressions, impressionOf(`i${at}`, 'u', at, ids));
  return { asked, answers, queue: scheduler.queue, show, counts: made.counts };
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
});
