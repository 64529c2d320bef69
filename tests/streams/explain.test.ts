// What `explain` gives reasons for, when, and that it holds nothing up.
import { describe, expect, it } from '@jest/globals';
import type { Generation, LanguageModel } from '../../models/llm/port.ts';
import { newUser } from '../../models/user/track.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { audit, type Finding } from '../../schemas/topics/audit.ts';
import { type Explanation, explanations } from '../../schemas/topics/explanations.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { TableSet } from '../../streams/engine/table.ts';
import { type ExplainEnricherOptions, explainEnricher } from '../../streams/enrichers/explain.ts';
import { LlmScheduler } from '../../streams/enrichers/llm-scheduler.ts';
import { catalogueTable } from '../../streams/tables/catalogue.ts';
import { usersTable } from '../../streams/tables/users.ts';
import { give } from '../support/enrichers.ts';
import { impressionOf, itemOf } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';

function enricher(
  options: ExplainEnricherOptions,
  answers: Partial<LanguageModel>,
  capacity = 100,
) {
  let now = 0;
  const model = fakeModel({
    score: async (_, texts) => {
      now += 10;
      return texts.map(() => -1);
    },
    ...answers,
  });
  const scheduler = new LlmScheduler(model, {
    capacity,
    budget: { share: 1 },
    now: () => now,
    wait: () => Promise.resolve(),
  });
  const def = explainEnricher({ schedulers: () => scheduler }, options);
  const tables = new TableSet(def.tables);
  for (let i = 0; i < 20; i++) {
    tables.of(catalogueTable).put({ ...itemOf(`i${i}`), title: `Film ${i}`, groups: ['Drama'] });
  }
  const recent = [{ itemId: 'i19', at: 1, positive: true, value: 5 }];
  tables.of(usersTable).put({ ...newUser('u'), recent });
  const written: [AnyTopic, unknown][] = [];
  const made = def.create({
    tables,
    emit: async (topic, events) => {
      for (const event of events) written.push([topic, event]);
    },
  });
  const of = (topic: AnyTopic) =>
    written.filter(([one]) => one === topic).map(([, event]) => event);
  const show = (id: string, tier: 'fast' | 'llm', ids: readonly string[], userId = 'u') =>
    give(made, impressions, impressionOf(id, userId, 7, ids, { origin: 'served', tier }));
  return {
    made,
    scheduler,
    show,
    reasons: () => of(explanations) as Explanation[],
    findings: () => of(audit) as Finding[],
    /** Something else has used the model for so long. */
    async busy(ms: number) {
      const work = async () => {
        now += ms;
      };
      await scheduler.ask(`busy ${now}`, work, { priority: 0 });
    },
  };
}

/** Everything that can go on has gone on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
}

describe('explain', () => {
  it('gives every item of a slate that the language model ranked a reason with its fields', async () => {
    const { show, reasons, made } = enricher({}, {});
    show('one', 'llm', ['i1', 'i2', 'i3']);
    await settled();
    expect(reasons()).toHaveLength(3);
    expect(reasons()[0]).toMatchObject({
      impressionId: 'one',
      itemId: 'i1',
      userId: 'u',
      at: 7,
      model: 'fake',
      text: 'You liked Film 19; this movie shares Drama with it.',
      citedItems: ['i19'],
      citedGroups: ['Drama'],
      score: 0,
      tokens: 0,
    });
    // The first title is scored alone and after two sentences, 10 ms each.
    expect(reasons().map(({ latencyMs }) => latencyMs)).toEqual([30, 30, 30]);
    expect(made.counts).toMatchObject({ explained: 3, plain: 0, cached: 0 });
  });

  it('knows what it has explained, for another slate too', async () => {
    const { show, reasons, made } = enricher({}, {});
    show('one', 'llm', ['i1']);
    await settled();
    show('two', 'llm', ['i1']);
    await settled();
    const [first, again] = reasons();
    expect(again).toEqual({ ...first, impressionId: 'two' });
    expect(made.counts).toMatchObject({ explained: 1, cached: 1 });
  });

  it('leaves slates of other systems alone', async () => {
    const { made, reasons } = enricher({}, {});
    give(made, impressions, impressionOf('x', 'u', 1, ['i1'], { tier: 'llm' }));
    await settled();
    expect(reasons()).toEqual([]);
  });

  it('returns at once, and writes plainly where the model has no time or fails', async () => {
    const stuck = new Promise<never>(() => {});
    const { show, reasons, made } = enricher({}, { score: () => stuck }, 2);
    expect(show('one', 'llm', ['i1', 'i2', 'i3', 'i4', 'i5'])).toBeUndefined();
    await settled();
    // One with the model, two waiting; the others by code.
    expect(reasons().map(({ model }) => model)).toEqual(['facts', 'facts']);
    expect(reasons()[0]).toMatchObject({ score: null, citedItems: ['i19'] });
    expect(made.counts).toMatchObject({ plain: 2, explained: 0 });
    const failing = enricher({}, { score: () => Promise.reject(new Error('no')) });
    failing.show('one', 'llm', ['i1']);
    await settled();
    expect(failing.reasons().map(({ model }) => model)).toEqual(['facts']);
  });

  it('leaves the model to others when its share is spent, and writes plainly then', async () => {
    const { show, reasons, busy } = enricher({ share: { llm: 0.25 } }, {});
    show('one', 'llm', ['i1']);
    await settled();
    show('two', 'llm', ['i2']);
    // 30 ms of 119, then of 120.
    await busy(89);
    show('three', 'llm', ['i3']);
    await busy(1);
    show('four', 'llm', ['i4']);
    await settled();
    const by = reasons().map(({ impressionId, model }) => [impressionId, model]);
    expect(by).toEqual([
      ['one', 'fake'],
      ['two', 'facts'],
      ['three', 'facts'],
      ['four', 'fake'],
    ]);
  });

  it('takes no more than its share of the time for slates of the fast tier, one item each', async () => {
    const { show, reasons, busy } = enricher({ share: { fast: 0.1 } }, {});
    show('one', 'fast', ['i1', 'i2']);
    show('shut', 'fast', ['i3']);
    await settled();
    expect(reasons().map(({ impressionId, itemId }) => [impressionId, itemId])).toEqual([
      ['one', 'i1'],
    ]);
    // 30 ms of 30: no more before 300 have passed.
    show('two', 'fast', ['i4']);
    await busy(269);
    show('three', 'fast', ['i5']);
    await busy(1);
    show('four', 'fast', ['i6']);
    await settled();
    expect(reasons().map(({ impressionId }) => impressionId)).toEqual(['one', 'four']);
  });

  it('tells the audit what was false in the words of the model', async () => {
    const said = { promptTokens: 1, tokens: [1], logProbs: [0], ended: true };
    let n = 0;
    const generate = async (): Promise<Generation> => ({
      ...said,
      // Odd ones are false twice over; even ones are true.
      text: Math.floor(n++ / 2) % 2 === 0 ? ' has Al Pacino, of 1995.' : ' is Drama.',
    });
    const options = { prose: true, share: { llm: 1 } };
    const { show, findings, reasons, made } = enricher(options, { generate });
    for (let i = 0; i < 8; i++) {
      show(`s${i}`, 'llm', [`i${2 * i}`, `i${2 * i + 1}`]);
      await settled();
    }
    expect(reasons()).toHaveLength(16);
    const byName = Object.fromEntries(findings().map((f) => [f.name, f.value]));
    const total = made.counts.removed!;
    expect(total).toBeGreaterThan(0);
    expect(byName['false name']! + byName['false number']!).toBe(total);
    expect(byName['false name']).toBe(byName['false number']);
    expect(findings().every((f) => f.kind === 'hallucination' && f.count === 16)).toBe(true);
    expect(reasons().some(({ text }) => /Pacino|1995/.test(text))).toBe(false);
  });
});
