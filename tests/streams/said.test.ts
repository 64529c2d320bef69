// What users say with their requests, from the topic to what they are taken to want and to the next slate.
import { describe, expect, it } from '@jest/globals';
import type { Prompt } from '../../models/llm/port.ts';
import { sessionGapMs } from '../../models/user/track.ts';
import { type RequestInput, requestOf } from '../../schemas/request-border.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { intents, RULES } from '../../schemas/topics/intents.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { reasonEnricher } from '../../streams/enrichers/reason.ts';
import { mainTopology } from '../../streams/topology.ts';
import { attempts } from '../llm/attempts.ts';
import { give } from '../support/enrichers.ts';
import { itemOf } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';
import { portsOf } from '../support/schedulers.ts';

const GROUPS = { a: 'Comedy', b: 'Horror', c: 'Crime', d: 'Western' };

/** The main path with `reason` beside it; the model does what it is told. */
function world() {
  const prompts: string[] = [];
  const model = fakeModel({
    name: 'fake',
    score: async (prefix, names) => {
      prompts.push(prefix);
      const told = prefix.toLowerCase();
      return names.map((name) => (told.includes(name.trim().toLowerCase()) ? 20 : -3));
    },
    embed: async () => Float32Array.of(1),
    generate: async (prompt: Prompt) => {
      const user = typeof prompt === 'string' ? prompt : prompt.user;
      prompts.push(user);
      const told = user.includes('acked');
      const text = told ? '{"mood":"hacked","must":["Hacked"]}' : '{"mood":"light","must":[]}';
      return { text, promptTokens: 1, tokens: [1], logProbs: [0], ended: true };
    },
  });
  const ports = portsOf(model);
  const runtime = new MemoryRuntime({
    ...mainTopology(),
    enrichers: [reasonEnricher(ports)],
  });
  for (const [id, group] of Object.entries(GROUPS)) {
    runtime.send(items, { ...itemOf(id), title: `Film ${id}`, groups: [group] });
  }
  const reason = runtime.enricher('reason');
  let asked = 0;
  /** A request, its slate, and what the model makes of them. @returns the slate */
  const ask = async (at: number, says: Partial<RequestInput> = {}, userId = 'ada-1815') => {
    const ids = Object.keys(GROUPS);
    const requestId = `r${asked++}`;
    const base = { requestId, userId, at, k: 4, surface: 'test', candidates: ids };
    const request = requestOf({ ...base, ...says });
    runtime.send(requests, request);
    runtime.drain();
    const slate = runtime.events(impressions).find((one) => one.requestId === requestId)!;
    await runtime.settle();
    return slate;
  };
  const settle = async () => {
    await reason.settled?.();
    await runtime.settle();
  };
  /** What the model made; the reading by rules has tests of its own. */
  const made = () => runtime.events(intents).filter(({ model }) => model !== RULES);
  return { runtime, reason, prompts, settle, ask, made };
}

const fits = (slate: Awaited<ReturnType<ReturnType<typeof world>['ask']>>) =>
  Object.fromEntries(slate.items.map(({ itemId, intent }) => [itemId, intent]));

describe('what a user says', () => {
  it('is read at once, history or none, and is in the features of the next slate', async () => {
    const { ask, made, prompts, reason } = world();
    const first = await ask(10, {
      said: 'Something light, a comedy',
      context: { device: 'phone' },
    });
    expect(fits(first)).toEqual({ a: null, b: null, c: null, d: null });
    expect(made()).toHaveLength(1);
    expect(made()[0]).toMatchObject({ userId: 'ada-1815', at: 10, wanted: ['Comedy'], avoid: [] });
    expect(prompts.some((prompt) => prompt.includes('It is device: phone. I say: "Som'))).toBe(
      true,
    );
    const second = fits(await ask(20));
    expect(second.a!).toBeGreaterThan(0);
    expect(second).toMatchObject({ b: 0, c: 0, d: 0 });
    // The slate that came meanwhile has nothing new to say.
    expect(reason.counts).toMatchObject({ heard: 1, intents: 1 });
  });

  it('gives way to what is said later, whatever the order they arrive in', async () => {
    const { ask, made, reason, settle } = world();
    await ask(10, { said: 'a western' });
    await ask(20, { said: ['a western', 'no, horror'] });
    expect(made().map(({ at }) => at)).toEqual([10, 20]);
    // The model believes whatever is named; of two, both.
    expect(made()[1]!.wanted.toSorted()).toEqual(['Horror', 'Western']);
    await ask(30, { said: 'crime' });
    expect(made()[2]!.wanted).toEqual(['Crime']);
    const late = { requestId: 'late', userId: 'ada-1815', at: 25, k: 4, said: 'a western' };
    give(reason, requests, requestOf(late));
    await settle();
    expect(fits(await ask(40))).toMatchObject({ a: 0, b: 0, d: 0 });
  });

  it('holds for a session, then what was wanted by it is taken back', async () => {
    const { ask, made } = world();
    await ask(0, { said: 'a western' });
    await ask(sessionGapMs - 1);
    expect(made()).toHaveLength(1);
    await ask(sessionGapMs);
    expect(made()[1]).toMatchObject({ at: sessionGapMs, wanted: [] });
    const none = await ask(sessionGapMs + 1);
    expect(fits(none).d).toBeNull();
  });

  it('is masked before the model reads it, counted, and kept nowhere else', async () => {
    const { ask, made, prompts, runtime, reason } = world();
    const said = ['I am ada-1815, ada@example.com', 'call +44 20 7946 0958, a comedy'];
    for (let i = 0; i < 16; i++) await ask(10 + i, { said: [...said, `crime, part ${i}`] });
    const context = { wifi: '192.168.17.45' };
    await ask(100, { said, context });
    expect(made()).toHaveLength(17);
    const secrets = /ada-1815|ada@|example\.com|7946|192\.168/;
    expect(prompts.some((prompt) => prompt.includes('[email]'))).toBe(true);
    for (const prompt of prompts) expect(prompt).not.toMatch(secrets);
    expect(reason.counts.masked).toBe(17 * 3 + 1);
    const found = runtime.events(audit).filter(({ kind }) => kind === 'privacy');
    expect(found).toContainEqual(expect.objectContaining({ name: 'email', value: 16, count: 16 }));
    const written = JSON.stringify([runtime.events(audit), made(), runtime.events(impressions)]);
    expect(written.replaceAll('"userId":"ada-1815"', '')).not.toMatch(secrets);
    expect(written).not.toContain('part 7');
  });

  it.each(attempts.filter((one) => one.length <= 1_000))(
    'is data, not instruction: %j',
    async (said) => {
      const { ask, made, prompts } = world();
      // Of the moment too, as far as it may come in.
      await ask(10, { said: [said, 'a comedy'], context: { occasion: said.slice(0, 60) } });
      expect(made()).toHaveLength(1);
      const { wanted, avoid, constraints, mood } = made()[0]!;
      for (const group of [...wanted, ...avoid, ...constraints]) {
        expect(Object.values(GROUPS)).toContain(group);
      }
      expect([wanted[0], mood]).toEqual([
        'Comedy',
        prompts.some((one) => one.includes('acked')) ? '' : 'light',
      ]);
      for (const prompt of prompts) {
        expect(prompt.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(prompt.split('\n').length).toBeLessThanOrEqual(3);
      }
    },
  );

  it('is refused with its request where it is beyond the limits', async () => {
    const { ask, made, prompts, reason, runtime, settle } = world();
    const { context: _, ...request } = requestOf({ requestId: 'x', userId: 'u', at: 5, k: 4 });
    for (const long of [
      { said: ['a comedy '.repeat(1_000)], context: null },
      { said: ['a comedy'], context: { [`${'x'.repeat(40)}`]: 'y' } },
    ]) {
      const sent = { ...request, ...long };
      runtime.send(requests, sent);
    }
    await settle();
    expect(runtime.events(impressions)).toEqual([]);
    expect([prompts, made()]).toEqual([[], []]);
    expect(reason.counts).toMatchObject({ heard: 0 });
    const letters = runtime.events(deadLetters);
    // The stage that decides and the enricher that listens each say so; nobody repeats the words.
    expect(letters.map(({ code, origin }) => [code, origin])).toEqual(
      Array.from({ length: 4 }, () => ['event-invalid', 'requests']),
    );
    expect(letters.some(({ reason }) => reason.includes('comedy') || reason.includes('xxx'))).toBe(
      false,
    );
    // Nothing said is nothing to be read: a replay.
    await ask(50);
    expect(made()).toEqual([]);
  });

  it('does not stand by a moment alone', async () => {
    const { ask, made } = world();
    await ask(10, { context: { device: 'phone' } });
    expect(made()).toEqual([]);
  });
});
