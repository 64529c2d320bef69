// A language model that answers what a test says, and fails where the test says nothing.
import type { LanguageModel } from '../../models/llm/port.ts';

export function fakeModel(answers: Partial<LanguageModel>): LanguageModel {
  const nothing = () => Promise.reject(new Error('Nobody asks it.'));
  return {
    name: 'fake',
    width: 1,
    embed: nothing,
    score: nothing,
    generate: nothing,
    [Symbol.asyncDispose]: async () => undefined,
    ...answers,
  };
}
