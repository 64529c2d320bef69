// Tokens of generations are counted by the scheduler; the model behaves as it did.
import { expect, it } from '@jest/globals';
import { LlmScheduler } from '../../streams/enrichers/llm-scheduler.ts';
import { fakeModel } from '../support/fake-model.ts';

it('counts the tokens of prompts and texts, and passes on everything else', async () => {
  const model = fakeModel({
    embed: async () => new Float32Array([4]),
    generate: async (_prompt, { maxTokens }) => ({
      ...{ text: 'ab', promptTokens: 7, logProbs: [], ended: true },
      tokens: Array.from({ length: maxTokens }, (_, i) => i),
    }),
  });
  await using scheduler = new LlmScheduler(model, {
    ...{ capacity: 10, budget: { share: 1 }, now: () => 0, wait: async () => {} },
  });
  expect(scheduler.tokens).toEqual({ prompt: 0, generated: 0 });
  const written = await Promise.all(
    [2, 3].map((maxTokens) =>
      scheduler.ask(`g${maxTokens}`, (llm) => llm.generate('p', { maxTokens }), { priority: 0 }),
    ),
  );
  expect(written).toHaveLength(2);
  expect(scheduler.tokens).toEqual({ prompt: 14, generated: 5 });
  const vector = await scheduler.ask('e', (llm) => llm.embed('x'), { priority: 0 });
  expect(vector).toEqual({ shed: false, value: new Float32Array([4]) });
  expect(scheduler.tokens).toEqual({ prompt: 14, generated: 5 });
});
