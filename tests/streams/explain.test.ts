// What `explain` gives reasons for, when, and that it holds nothing up.
import { describe, expect, it } from '@jest/globals';
import type { Generation, LanguageModel } from '../../models/llm/port.ts';
import { newUser } from '../../models/user/track.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { explanations } from '../../schemas/topics/explanations.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { type ExplainEnricherOptions, explainEnricher } from '../../streams/enrichers/explain.ts';
import { EnricherRuntime } from '../support/enricher-runtime.ts';
import { impressionOf, itemOf } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';
import { schedulerOf } from '../support/schedulers.ts';

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
  const scheduler = schedulerOf(model, { capacity, now: () => now });
  const made = new EnricherRuntime(explainEnricher({ schedulers: () => scheduler }, options));
  const { runtime } = made;
  for (let i = 0; i < 20; i++) {
    runtime.send(items, { ...itemOf(`i${i}`), title: `Film ${i}`, groups: ['Drama'] });
  }
  const recent = [{ itemId: 'i19', at: 1, positive: true, value: 5 }];
  runtime.send(userStates, { ...newUser('u'), recent });
  const show = (id: string, tier: 'fast' | 'llm', ids: readonly string[], userId = 'u') =>
    made.give(impressions, impressionOf(id, userId, 7, ids, { servedBy: 'served', tier }));
  return {
    made,
    scheduler,
    show,
    reasons: () => runtime.events(explanations),
    findings: () => runtime.events(audit),
    /** Something else has used the model for so long. */
    async busy(ms: number) {
      const work = async () => {
        now += ms;
      };
      await scheduler.ask(`busy ${now}`, work, { priority: 0 });
    },
  };
}

describe('explain', () => {
  it('gives no reason for what a rule of the shop pinned: nobody chose it', async () => {
    const { made, reasons } = enricher({}, {});
    const shown = (id: string, tier: 'fast' | 'llm', pinned: readonly number[]) => {
      const slate = impressionOf(id, 'u', 7, ['i1', 'i2', 'i3'], { servedBy: 'served', tier });
      const ruled = slate.items.map((one, i) => ({ ...one, barred: pinned.includes(i) ? 1 : 0.2 }));
      made.give(impressions, { ...slate, items: ruled });
    };
    shown('ranked', 'llm', [0, 2]);
    await made.settle();
    expect(reasons().map(({ itemId }) => itemId)).toEqual(['i2']);
    shown('fast', 'fast', [0]);
    await made.settle();
    expect(reasons().map(({ impressionId, itemId }) => [impressionId, itemId])).toEqual([
      ['ranked', 'i2'],
      ['fast', 'i2'],
    ]);
    shown('all', 'llm', [0, 1, 2]);
    await made.settle();
    expect(reasons()).toHaveLength(2);
  });

  it('gives every item of a slate that the language model ranked a reason with its fields', async () => {
    const { show, reasons, made } = enricher({}, {});
    show('one', 'llm', ['i1', 'i2', 'i3']);
    await made.settle();
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
    await made.settle();
    show('two', 'llm', ['i1']);
    await made.settle();
    const [first, again] = reasons();
    expect(again).toEqual({ ...first, impressionId: 'two' });
    expect(made.counts).toMatchObject({ explained: 1, cached: 1 });
  });

  it('leaves slates of other systems alone', async () => {
    const { made, reasons } = enricher({}, {});
    made.give(impressions, impressionOf('x', 'u', 1, ['i1'], { tier: 'llm' }));
    await made.settle();
    expect(reasons()).toEqual([]);
  });

  it('returns at once, and writes plainly where the model has no time or fails', async () => {
    const stuck = new Promise<never>(() => {});
    const { show, reasons, made } = enricher({}, { score: () => stuck }, 2);
    expect(show('one', 'llm', ['i1', 'i2', 'i3', 'i4', 'i5'])).toBeUndefined();
    await made.turns();
    // One with the model, two waiting; the others by code.
    expect(reasons().map(({ model }) => model)).toEqual(['facts', 'facts']);
    expect(reasons()[0]).toMatchObject({ score: null, citedItems: ['i19'] });
    expect(made.counts).toMatchObject({ plain: 2, explained: 0 });
    const failing = enricher({}, { score: () => Promise.reject(new Error('no')) });
    failing.show('one', 'llm', ['i1']);
    await failing.made.settle();
    expect(failing.reasons().map(({ model }) => model)).toEqual(['facts']);
  });

  it('leaves the model to others when its share is spent, and writes plainly then', async () => {
    const { show, reasons, busy, made } = enricher({ share: { llm: 0.25 } }, {});
    show('one', 'llm', ['i1']);
    await made.settle();
    show('two', 'llm', ['i2']);
    // 30 ms of 119, then of 120.
    await busy(89);
    show('three', 'llm', ['i3']);
    await busy(1);
    show('four', 'llm', ['i4']);
    await made.settle();
    const by = reasons().map(({ impressionId, model }) => [impressionId, model]);
    expect(by).toEqual([
      ['one', 'fake'],
      ['two', 'facts'],
      ['three', 'facts'],
      ['four', 'fake'],
    ]);
  });

  it('takes no more than its share of the time for slates of the fast tier, one item each', async () => {
    const { show, reasons, busy, made } = enricher({ share: { fast: 0.1 } }, {});
    show('one', 'fast', ['i1', 'i2']);
    show('shut', 'fast', ['i3']);
    await made.settle();
    expect(reasons().map(({ impressionId, itemId }) => [impressionId, itemId])).toEqual([
      ['one', 'i1'],
    ]);
    // 30 ms of 30: no more before 300 have passed.
    show('two', 'fast', ['i4']);
    await busy(269);
    show('three', 'fast', ['i5']);
    await busy(1);
    show('four', 'fast', ['i6']);
    await made.settle();
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
      await made.settle();
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
