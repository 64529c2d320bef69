// `evaluate explanations` on a small log in the official format, and the parts of its figures.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readReviews } from '../../datasets/amazon-reviews.ts';
import { rankRows } from '../../evaluate/explanations/next-liked.ts';
import { explanationsOf, reviewPairs, reviewRows } from '../../evaluate/explanations/reviews.ts';
import { groundedRate } from '../../models/evaluation/grounding.ts';
import type { Prompt } from '../../models/llm/port.ts';
import { distinctN } from '../../models/metrics/language/distinct.ts';
import { fakeModel } from '../support/fake-model.ts';

const folder = join(import.meta.dirname, '../datasets/fixtures/amazon-beauty');

describe('the reviews of Amazon', () => {
  it('are read with their text as text, each once, and targets are no facts', async () => {
    const { heldOut, earlier, unreadable } = await readReviews(folder);
    expect(unreadable).toBe(1);
    expect(heldOut.map(({ target }) => target.title)).toEqual([
      'Nice and soft',
      'Broke at once',
      'Five Stars',
    ]);
    expect(heldOut[0]!.history[0]!.text).toBe('Feels soft. I like it');
    expect(heldOut[0]!.target).toMatchObject({
      userId: 'U1',
      itemId: 'P3',
      stars: 4,
      at: 1_600_000_005_000,
      text: 'Nice and soft on the skin',
    });
    // The file repeats the second one, and the target.
    expect(heldOut[0]!.history.map(({ title }) => title)).toEqual(['Soft and light', 'Too strong']);
    expect(earlier).toHaveLength(6);
    expect(earlier.map(({ title }) => title)).not.toContain('Nice and soft');
  });

  it('are refused with the first reason where no line can be read', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'millrace-explanations-'));
    await writeFile(join(empty, 'train.jsonl'), '');
    await writeFile(join(empty, 'test.jsonl'), '{"user_id": "U1", "history": [], "target": 4}\n{');
    await expect(readReviews(empty)).rejects.toMatchObject({
      code: 'dataset-empty',
      why: expect.stringMatching(/^2 lines were tried. The first, line 1: target: ./),
    });
    await rm(empty, { recursive: true });
  });

  it('give a pair no fact from after its time', async () => {
    const { pairs, commonTitle } = await reviewPairs(folder, 3, 1);
    const soft = pairs.find(({ title }) => title === 'Nice and soft')!;
    // U3 says a later word on the same item.
    expect(soft.facts).toEqual({
      own: ['Soft and light', 'Too strong'],
      ofItem: ['Nice cream'],
    });
    expect(commonTitle).toBe('Five Stars');
    expect((await reviewPairs(folder, 1, 1)).pairs).toHaveLength(1);
  });

  it('stand beside each way of explaining', async () => {
    const pairs = await reviewPairs(folder, 3, 1);
    const asked: [Prompt, number][] = [];
    const model = fakeModel({
      generate: async (prompt, { temperature = 0 }) => {
        asked.push([prompt, temperature]);
        const text = String(prompt).includes('Nice cream') ? ' Nice and soft' : ' Good';
        return { text, promptTokens: 1, tokens: [1], logProbs: [0], ended: true };
      },
    });
    const said = await explanationsOf(pairs, model, 1, () => {});
    const i = pairs.pairs.findIndex(({ title }) => title === 'Nice and soft');
    expect([...said].map(([name, texts]) => [name, texts[i]])).toEqual([
      ['most common title', 'Five Stars'],
      ['constant sentence', pairs.constant],
      ['template', 'Others say of this beauty product: Nice cream'],
      ["user's last title", 'Too strong'],
      ['generator without facts', 'Good'],
      ['generator with facts', 'Nice and soft'],
    ]);
    expect(asked[2 * i + 1]).toEqual([
      `Titles of a customer's reviews of beauty products:
- Soft and light
- Too strong
What others say of the next beauty product:
- Nice cream
What the customer says of the next beauty product:
-`,
      0,
    ]);
    const rows = reviewRows(pairs, said);
    const value = (model: string, metric: string) =>
      rows.find((row) => row.model === model && row.metric === metric)?.value;
    // Right once and wholly wrong twice: ROUGE-1 is 1/3, and so is that of "Five Stars".
    expect(value('generator with facts', 'ROUGE-1 title')).toBeCloseTo(1 / 3, 12);
    expect(value('most common title', 'ROUGE-L title')).toBeCloseTo(1 / 3, 12);
    // Of the text "Nice and soft on the skin": 2 · 3 / (3 + 6).
    expect(value('generator with facts', 'ROUGE-1 text')).toBeCloseTo(2 / 3 / 3, 12);
    expect(rows).toHaveLength(6 * (2 * 5 + 3));
    // One sentence of two words, three times.
    expect(value('most common title', 'distinct-1')).toBeCloseTo(1 / 3, 12);
    expect(value('generator with facts', 'grounded claims')).toBeLessThan(1);
  });
});

describe('what needs no reference', () => {
  it('distinct-n: different runs of words over all runs', () => {
    const texts = [
      ['a', 'b', 'a'],
      ['a', 'b'],
    ];
    expect(distinctN(texts, 1)).toBe(2 / 5);
    expect(distinctN(texts, 2)).toBe(2 / 3);
    expect(distinctN([], 1)).toBe(0);
  });

  it('grounded claims: words of content that the facts have', () => {
    // Soft and light are claims, as is cheap, once; cream is what it is.
    const facts = ['Soft on the skin', 'So LIGHT'];
    expect(groundedRate('This cream is soft, light, cheap and cheap', facts, 'cream')).toBe(3 / 4);
    expect(groundedRate('It is what it is', facts)).toBe(1);
  });
});

describe('the figures of a ranking', () => {
  it('are means with their errors', () => {
    const rows = rankRows(new Map([['m', [1, 3, 20].map((first) => ({ first, ties: 0 }))]]));
    // 1, 1 / log2(4), 0.
    expect(rows[0]).toMatchObject({ metric: 'NDCG@10', value: 0.5 });
    expect(rows[0]!.standardError).toBeCloseTo(Math.sqrt(0.5 / 2 / 3), 12);
    expect(rows[1]).toMatchObject({ metric: 'HR@1', value: 1 / 3 });
  });
});
