// PMI against a model whose likelihoods are known.
import { describe, expect, it } from '@jest/globals';
import { Pmi } from '../../models/llm/pmi.ts';
import { historyPrompt, neutralPrompt } from '../../models/llm/roles/policy.ts';
import { fakeModel } from '../support/fake-model.ts';

/** Log-likelihoods from a table by prefix and continuation; remembers what it was asked. */
function tableModel(table: Record<string, Record<string, number>>) {
  const asked: [string, readonly string[]][] = [];
  const model = fakeModel({
    name: 'table',
    score: async (prefix, continuations) => {
      asked.push([prefix, continuations]);
      return continuations.map((text) => table[prefix]?.[text] ?? Number.NaN);
    },
  });
  return { model, asked };
}

const withHeat = historyPrompt(['Heat']);
const table = {
  [neutralPrompt()]: { ' Ronin': -9, ' Babe': -7, ' Casino': -8 },
  [withHeat]: { ' Ronin': -6.5, ' Babe': -7.25, ' Casino': -6 },
};

describe('Pmi', () => {
  it('is the gain in log-likelihood that the history brings', async () => {
    const { model } = tableModel(table);
    // −6.5 − (−9) = 2.5; −7.25 − (−7) = −0.25
    expect(await new Pmi(model).pmi(['Heat'], ['Ronin', 'Babe'])).toEqual([2.5, -0.25]);
  });

  it('asks for a title alone only once, and only for what is missing', async () => {
    const { model, asked } = tableModel(table);
    const pmi = new Pmi(model);
    await pmi.pmi(['Heat'], ['Ronin', 'Babe', 'Ronin']);
    expect(await pmi.pmi(['Heat'], ['Casino', 'Babe'])).toEqual([2, -0.25]);
    expect(asked.filter(([prefix]) => prefix === neutralPrompt())).toEqual([
      [neutralPrompt(), [' Ronin', ' Babe']],
      [neutralPrompt(), [' Casino']],
    ]);
  });

  it('stays within its memory', async () => {
    const { model, asked } = tableModel(table);
    const pmi = new Pmi(model, { capacity: 1 });
    expect(await pmi.pmi(['Heat'], ['Ronin', 'Babe'])).toEqual([2.5, -0.25]);
    await pmi.pmi(['Heat'], ['Ronin']);
    expect(asked.filter(([prefix]) => prefix === neutralPrompt())).toHaveLength(2);
  });

  it('says nothing without a history, and asks nothing', async () => {
    const { model, asked } = tableModel(table);
    expect(await new Pmi(model).pmi([], ['Ronin', 'Babe'])).toEqual([0, 0]);
    expect(await new Pmi(model).pmi(['Heat'], [])).toEqual([]);
    expect(asked).toEqual([]);
  });
});
