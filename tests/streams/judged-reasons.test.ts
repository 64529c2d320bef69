// Reasons drafted by one model and shown to another before they are published.
import { describe, expect, it } from '@jest/globals';
import type { LanguageModel } from '../../models/llm/port.ts';
import type { Role } from '../../models/llm/roles.ts';
import { newUser } from '../../models/user/track.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { explanations } from '../../schemas/topics/explanations.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { explainEnricher } from '../../streams/enrichers/explain.ts';
import type { JudgingOptions } from '../../streams/enrichers/judging.ts';
import { EnricherRuntime } from '../support/enricher-runtime.ts';
import { impressionOf, itemOf } from '../support/events.ts';
import { fakeModel } from '../support/fake-model.ts';
import { schedulerOf } from '../support/schedulers.ts';

const PLAIN = 'You liked Film 19; this movie shares Drama with it.';
const DRAFT = `${PLAIN} It is Drama.`;

/** Log-odds of the first place: for the draft, and for the place itself. */
const judging =
  (forDraft: number, forPlace = 0): LanguageModel['score'] =>
  async (prefix, answers) => {
    const first = /Explanation 1: (.*)/.exec(prefix)![1]!;
    const odds = (first === DRAFT ? forDraft : -forDraft) + forPlace;
    return answers.map((answer) => (answer === ' 1' ? odds : 0));
  };

interface Given {
  /** What the judge answers; absent: there is no model but the drafter's. */
  readonly score?: LanguageModel['score'];
  readonly judge?: JudgingOptions | null;
  /** The drafter's own words. */
  readonly words?: string;
}

function enricher({ score, judge = {}, words = ' is Drama.' }: Given) {
  const asked = { small: 0, large: [] as string[] };
  let time = 0;
  const waits: { at: number; resolve: () => void }[] = [];
  const wait = (ms: number) =>
    new Promise<void>((resolve) => void waits.push({ at: time + ms, resolve }));
  const ticking = (model: LanguageModel) => {
    let now = 0;
    return schedulerOf(model, { wait, now: () => now++ });
  };
  const small = ticking(
    fakeModel({
      name: 'small',
      score: async (_, texts) => texts.map(() => -1),
      generate: async () => {
        asked.small++;
        return { text: words, promptTokens: 1, tokens: [1], logProbs: [0], ended: true };
      },
    }),
  );
  const large = ticking(
    fakeModel({
      name: 'large',
      score: (prefix, answers) => {
        asked.large.push(prefix);
        return score!(prefix, answers);
      },
    }),
  );
  const def = explainEnricher(
    { schedulers: (role: Role) => (score && role === 'judge' ? large : small) },
    { prose: true, share: { llm: 1 }, ...(judge && { judge }) },
  );
  const made = new EnricherRuntime(def);
  const { runtime } = made;
  for (let i = 0; i < 20; i++) {
    runtime.send(items, { ...itemOf(`i${i}`), title: `Film ${i}`, groups: ['Drama'] });
  }
  const recent = [{ itemId: 'i19', at: 1, positive: true, value: 5 }];
  runtime.send(userStates, { ...newUser('u'), recent });
  return {
    made,
    asked,
    async show(id: string, ids: readonly string[]) {
      const slate = impressionOf(id, 'u', 7, ids, { servedBy: 'served', tier: 'llm' });
      made.give(impressions, slate);
      // Not until all is settled: a judge may never answer. No time passes.
      await made.turns();
    },
    /** Lets time go by for those who wait. */
    async pass(ms: number) {
      time += ms;
      for (const { at, resolve } of waits) if (at <= time) resolve();
      await made.turns();
    },
    reasons: () => runtime.events(explanations),
    findings: () => runtime.events(audit),
  };
}

describe('a draft shown to the judge', () => {
  it('stands where both orders prefer it, and the record says who drafted and who judged', async () => {
    const { show, reasons, made, asked } = enricher({ score: judging(2, 0.5) });
    await show('one', ['i1']);
    expect(reasons()).toHaveLength(1);
    expect(reasons()[0]).toMatchObject({
      ...{ text: DRAFT, model: 'small', drafter: 'small', judge: 'large', verdict: 'kept' },
    });
    expect(made.counts).toMatchObject({ explained: 1, judged: 1, replaced: 0, unanswered: 0 });
    // Both orders, with what the reason leans on.
    expect(asked.large).toHaveLength(2);
    for (const prompt of asked.large) {
      expect(prompt).toContain('Item: Film 1');
      expect(prompt).toContain('The user liked: Film 19 (Drama)');
    }
  });

  it.each([
    ['replaced', judging(-2, 0.5)],
    ['swayed', judging(0.5, 2)],
  ] as const)('gives way to the plain sentence where it is %s', async (verdict, score) => {
    const { show, reasons, made } = enricher({ score });
    await show('one', ['i1']);
    expect(reasons()[0]).toMatchObject({
      ...{ text: PLAIN, model: 'facts', drafter: 'small', judge: 'large', verdict, score: null },
      ...{ citedItems: ['i19'], citedGroups: ['Drama'], tokens: 1 },
    });
    expect(made.counts).toMatchObject({ judged: 1, replaced: 1, unanswered: 0 });
  });

  it('is judged once: another slate gets the same', async () => {
    const { show, reasons, made, asked } = enricher({ score: judging(-2) });
    await show('one', ['i1']);
    await show('two', ['i1']);
    expect(reasons()[1]).toEqual({ ...reasons()[0], impressionId: 'two' });
    expect([asked.small, asked.large.length]).toEqual([1, 2]);
    expect(made.counts).toMatchObject({ explained: 1, cached: 1, judged: 1 });
  });

  it('is not shown at all where it says no more than the plain sentence', async () => {
    // A false claim: what was written is taken out, whatever a judge would say.
    const { show, reasons, asked } = enricher({ score: judging(2), words: ' has Al Pacino.' });
    await show('one', ['i1']);
    expect(reasons()[0]).toMatchObject({ text: PLAIN, verdict: 'none', judge: '', removed: 2 });
    expect(asked.large).toEqual([]);
  });

  const never = () => new Promise<never>(() => {});
  it.each([
    ['fails', () => Promise.reject(new Error('no')), 0],
    ['answers with no numbers', async () => [Number.NaN, -1], 0],
    ['answers with nothing', async () => [], 0],
    ['never answers', never, 20],
  ])('stands by the check of code where the judge %s, and is shown again', async (_, score, ms) => {
    const { show, pass, reasons, made, asked } = enricher({ score, judge: { patienceMs: 20 } });
    await show('one', ['i1']);
    if (ms > 0) {
      await pass(ms - 1);
      expect(reasons()).toEqual([]);
      await pass(1);
    }
    expect(reasons()[0]).toMatchObject({
      ...{ text: DRAFT, model: 'small', drafter: 'small', judge: 'large', verdict: 'unanswered' },
    });
    expect(made.counts).toMatchObject({ explained: 1, judged: 0, unanswered: 1 });
    await show('two', ['i1']);
    await pass(ms);
    // What was drafted is kept meanwhile.
    expect(asked.small).toBe(1);
    expect(reasons()[1]).toMatchObject({ text: DRAFT, impressionId: 'two', verdict: 'unanswered' });
    expect(made.counts).toMatchObject({ explained: 1, cached: 1, unanswered: 2 });
  });

  it('holds up no other reason while the judge is stuck', async () => {
    const { show, pass, reasons } = enricher({ score: never, judge: { patienceMs: 20 } });
    const ids = Array.from({ length: 10 }, (_, i) => `i${i}`);
    await show('one', ids);
    await pass(20);
    expect(reasons().map(({ verdict }) => verdict)).toEqual(ids.map(() => 'unanswered'));
  });

  it('is counted by what became of it', async () => {
    const { show, findings } = enricher({
      // Odd films are well explained.
      score: async (prefix, answers) =>
        judging(/Film \d*[13579]\n/.test(prefix) ? 2 : -2)(prefix, answers),
    });
    const ids = Array.from({ length: 16 }, (_, i) => `i${i}`);
    for (const [i, id] of ids.entries()) await show(`s${i}`, [id]);
    const judged = findings().filter(({ kind }) => kind === 'judgement');
    const of = { kind: 'judgement', component: 'explain', at: 7, count: 16 } as const;
    expect(judged).toEqual([
      { ...of, name: 'kept', value: 8 },
      { ...of, name: 'replaced', value: 8 },
      { ...of, name: 'swayed', value: 0 },
      { ...of, name: 'unanswered', value: 0 },
    ]);
  });
});

describe('nothing is judged', () => {
  it.each([
    ['by the model that drafted it', { judge: {} }],
    ['by a model that was not named for it', { score: judging(-2), judge: null }],
  ])('%s', async (_, given) => {
    const { show, reasons, findings, made, asked } = enricher(given);
    for (let i = 0; i < 16; i++) await show(`s${i}`, [`i${i}`]);
    expect(asked.large).toEqual([]);
    expect(reasons()[0]).toMatchObject({ text: DRAFT, drafter: '', judge: '', verdict: 'none' });
    expect(findings().some(({ kind }) => kind === 'judgement')).toBe(false);
    expect(made.counts).toMatchObject({ explained: 16, judged: 0, unanswered: 0 });
  });
});
