import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { KeptAnswers } from '../../infra/llama/kept-answers.ts';
import type { LanguageModel } from '../../models/llm/port.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'answers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const model: LanguageModel = {
  name: 'a/model',
  width: 3,
  embed: async () => Float32Array.of(1, 2, 3),
  score: async (prefix, texts) => texts.map((text) => -(prefix + text).length / 3),
  generate: async (prompt, { seed = 0 }) => ({
    text: `${prompt} ${seed}`,
    promptTokens: 1,
    tokens: [4],
    logProbs: [-0.1],
    ended: true,
  }),
  [Symbol.asyncDispose]: async () => {},
};

it('asks once for what it was asked before, also over a restart, and to the last bit', async () => {
  const kept = await KeptAnswers.open(folder, model, (text) => text.length);
  const scores = await kept.score('a', ['b', 'cd']);
  const text = await kept.generate('p', { maxTokens: 3, seed: 1 });
  expect(await kept.score('a', ['b', 'cd'])).toEqual(scores);
  expect(await kept.score('a', ['cd'])).toEqual([-1]);
  expect((await kept.generate('p', { maxTokens: 3, seed: 2 })).text).toBe('p 2');
  expect([kept.asked, kept.spent.calls]).toEqual([4, 5]);
  // 4 + 4 + 3 letters scored; twice a prompt of 1 and 1 generated.
  expect(kept.spent.tokens).toBe(15);
  appendFileSync(join(folder, readdirSync(folder)[0]!), '{"key":"half');

  const again = await KeptAnswers.open(folder, model);
  expect(await again.score('a', ['b', 'cd'])).toEqual(await model.score('a', ['b', 'cd']));
  expect(await again.generate('p', { maxTokens: 3, seed: 1 })).toEqual(text);
  expect([again.asked, again.spent.calls]).toEqual([0, 2]);
});
