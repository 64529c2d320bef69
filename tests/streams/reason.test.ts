// `reason` beside the streams: it never holds up the log, and reads no history twice.
import { describe, expect, it } from '@jest/globals';
import type { LanguageModel } from '../../models/llm/port.ts';
import { newUser, trackClick } from '../../models/user/track.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { intents } from '../../schemas/topics/intents.ts';
import { items } from '../../schemas/topics/items.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { reasonEnricher } from '../../streams/enrichers/reason.ts';
import { catalogueTable } from '../../streams/tables/catalogue.ts';
import { intentsTable } from '../../streams/tables/intents.ts';
import { usersTable } from '../../streams/tables/users.ts';
import { EnricherRuntime } from '../support/enricher-runtime.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';
import { schedulerOf } from '../support/schedulers.ts';

const FILMS = ['a', 'b', 'c', 'd'];

function enricher(answers: Partial<LanguageModel> = {}) {
  const asked: string[] = [];
  const model = fakeModel({
    name: 'fake',
    async score(prefix, names) {
      asked.push(prefix);
      return names.map(() => -1);
    },
    embed: async () => Float32Array.of(1, 2),
    generate: async () => {
      const text = '{"mood":"dark","must":["Crime"]}';
      return { text, promptTokens: 1, tokens: [7], logProbs: [0], ended: true };
    },
    ...answers,
  });
  let clock = 0;
  const scheduler = schedulerOf(model, { capacity: 8, now: () => ++clock });
  const reason = new EnricherRuntime(reasonEnricher({ schedulers: () => scheduler }));
  const { runtime } = reason;
  for (const id of FILMS) {
    const groups = ['Crime', id === 'a' ? 'War' : 'Action'];
    runtime.send(items, { ...itemOf(id), title: `Film ${id}`, groups });
  }
  const { tables } = runtime;
  const like = (userId: string, itemIds: readonly string[]) => {
    let state = tables.of(usersTable).get(userId) ?? newUser(userId);
    for (const id of itemIds) {
      const click = clickOf(`c-${id}`, 'i', userId, id, 1);
      state = trackClick(state, click, tables.of(catalogueTable).groupsOf(id));
    }
    runtime.send(userStates, state);
  };
  let shown = 0;
  const serve = (userId: string, at: number, servedBy: 'served' | 'logged' = 'served') =>
    reason.give(impressions, impressionOf(`i${shown++}`, userId, at, ['a'], { servedBy }));
  const made = () => runtime.events(intents);
  const found = () => runtime.events(audit);
  return { tables, asked, made, found, reason, like, serve };
}

describe('reason', () => {
  it('reads a user who was served, and its table has it', async () => {
    const { tables, made, reason, like, serve } = enricher();
    like('u', ['a', 'b', 'c']);
    expect(serve('u', 10)).toBeUndefined();
    await reason.settle();
    expect(made()).toHaveLength(1);
    expect(made()[0]).toMatchObject({
      userId: 'u',
      at: 10,
      model: 'fake',
      mood: 'dark',
      tokens: 2,
    });
    // One of three likes where one in four films is: more than two of three where three in four are.
    expect(made()[0]!.wanted[0]).toBe('War');
    expect(made()[0]!.vector).toEqual([1, 2]);
    expect(made()[0]!.latencyMs).toBeGreaterThan(0);
    expect(tables.of(intentsTable).of('u', 10)).toEqual(made()[0]);
    expect(tables.of(intentsTable).of('u', 9)).toBeUndefined();
    expect(reason.counts).toMatchObject({ intents: 1, shed: 0 });
  });

  it('reads no history twice, and a new one anew', async () => {
    const { asked, made, reason, like, serve } = enricher();
    like('u', ['a', 'b', 'c']);
    serve('u', 10);
    await reason.settle();
    const before = asked.length;
    serve('u', 11);
    await reason.settle();
    expect([asked.length, reason.counts.cached]).toEqual([before, 1]);
    like('u', ['d']);
    serve('u', 12);
    await reason.settle();
    expect(made().map(({ at }) => at)).toEqual([10, 12]);
    expect(made()[0]!.hash).not.toBe(made()[1]!.hash);
  });

  it('leaves alone who was shown something elsewhere, or liked next to nothing', async () => {
    const { asked, like, serve, reason } = enricher();
    like('u', ['a', 'b', 'c']);
    like('v', ['a', 'b']);
    serve('u', 10, 'logged');
    serve('v', 10);
    serve('nobody', 10);
    await reason.settle();
    expect(asked).toEqual([]);
  });

  it('waits for nobody: with a model that never answers, events are taken at once', async () => {
    const { like, serve, reason } = enricher({ score: () => new Promise(() => {}) });
    for (let i = 0; i < 1_200; i++) {
      like(`u${i}`, ['a', 'b', 'c']);
      expect(serve(`u${i}`, i)).toBeUndefined();
    }
    await reason.turns();
    expect(reason.counts).toMatchObject({ intents: 0, forgotten: 199 });
  });

  it('goes on with the next user where the model fails', async () => {
    const { tables, like, serve, reason } = enricher({
      embed: () => Promise.reject(new Error('out of memory')),
    });
    like('u', ['a', 'b', 'c']);
    like('v', ['b', 'c', 'd']);
    serve('u', 1);
    serve('v', 2);
    await reason.settle();
    expect(reason.counts).toMatchObject({ intents: 0, shed: 2 });
    expect(tables.of(intentsTable).size).toBe(0);
  });

  it.each([
    { score: async () => [] },
    { score: async (_: string, names: readonly string[]) => names.map(() => Number.NaN) },
    { embed: async () => Float32Array.of(Number.POSITIVE_INFINITY, 1) },
  ])('drops what a model answers that talks rubbish', async (rubbish) => {
    const { made, like, serve, reason } = enricher(rubbish);
    like('u', ['a', 'b', 'c']);
    serve('u', 1);
    await reason.settle();
    expect(made()).toEqual([]);
    expect(reason.counts).toMatchObject({ intents: 0, shed: 1 });
  });

  it('tells the audit what was false, in counts, once in sixteen readings', async () => {
    const { found, like, serve, reason } = enricher({
      generate: async () => {
        const text = '{"mood":"dark","must":["War"]}';
        return { text, promptTokens: 1, tokens: [7], logProbs: [0], ended: true };
      },
    });
    for (let i = 0; i < 20; i++) like(`u${i}`, ['a', 'b', 'c']);
    for (let i = 0; i < 15; i++) serve(`u${i}`, i);
    await reason.settle();
    expect(found()).toEqual([]);
    for (let i = 15; i < 20; i++) serve(`u${i}`, i);
    await reason.settle();
    // One of three likes is of War: not most of them. Said twice, once each time it was asked.
    const of = { kind: 'hallucination', component: 'reason', count: 16 };
    expect(found().filter(({ kind }) => kind === 'hallucination')).toHaveLength(5);
    expect(found()).toContainEqual(expect.objectContaining({ ...of, name: 'unborne', value: 16 }));
    expect(found()).toContainEqual(expect.objectContaining({ ...of, name: 'unknown', value: 0 }));
  });
});
