// The gate: what may pass to which role, how long, and what is masked.
import { describe, expect, it } from '@jest/globals';
import { guarded } from '../../models/llm/fields.ts';
import { explainer } from '../../models/llm/roles/explainer.ts';
import { continuation, historyPrompt, policy } from '../../models/llm/roles/policy.ts';
import { reasoner } from '../../models/llm/roles/reasoner.ts';
import { itemPrompt, representer } from '../../models/llm/roles/representer.ts';
import { simulator } from '../../models/llm/roles/simulator.ts';
import { roles } from '../../models/llm/roles.ts';

describe('guarded', () => {
  it('lets pass what is on the list of the role and nothing else', () => {
    const given = { title: 'Heat', groups: ['Crime'], userId: '42', dialogue: ['hello'] };
    expect(guarded(representer, given)).toEqual({
      fields: { title: 'Heat', groups: ['Crime'] },
      masked: {},
      refused: 2,
    });
    expect(guarded(reasoner, given).fields).toEqual({ groups: ['Crime'], dialogue: ['hello'] });
  });

  it('has no field of a user record in any role, nor one that every object has', () => {
    for (const role of roles.defs) {
      const record = { userId: '1', name: 'Ana', email: 'a@example.com', constructor: 'x' };
      expect(guarded(role, record)).toEqual({ fields: {}, masked: {}, refused: 4 });
    }
  });

  it('masks names and streets in what people write, and leaves them in titles', () => {
    const known = { names: ['Carrie'] };
    const { fields, masked } = guarded(
      explainer,
      { title: '21 Jump Street with Carrie', review: 'Carrie, 5 High Street, a@example.com' },
      known,
    );
    expect(fields).toEqual({
      title: '21 Jump Street with Carrie',
      review: '[name], [address], [email]',
    });
    expect(masked).toEqual({ name: 1, address: 1, email: 1 });
  });

  it('masks in a title what belongs to no title', () => {
    const { fields, masked } = guarded(policy, { liked: ['Heat', 'ask a@example.com', ' '] });
    expect(fields).toEqual({ liked: ['Heat', 'ask [email]'] });
    expect(masked).toEqual({ email: 1 });
  });

  it('bounds texts and lists, the last of a list kept', () => {
    const liked = Array.from({ length: 100 }, (_, i) => `T${i}`);
    const { fields } = guarded(simulator, { liked, persona: 'x'.repeat(10_000) });
    expect(fields.liked).toHaveLength(32);
    expect(fields.liked?.at(-1)).toBe('T99');
    expect(fields.persona).toHaveLength(600);
  });

  it('masks what only a line break or a hidden character holds apart', () => {
    const { fields } = guarded(reasoner, {
      dialogue: ['call 0171\n123\u200b4567', 'a\u2060@b.example'],
    });
    expect(fields.dialogue).toEqual(['call [phone]', '[email]']);
  });

  it('changes nothing of what is guarded', () => {
    const dialogue = [
      'I am at\u200b 12 Baker\nStreet, +49 30\u00a0123456',
      `${'x'.repeat(299)} a@b.example`,
    ];
    const once = guarded(reasoner, { dialogue }).fields;
    const again = guarded(reasoner, once as { dialogue: string[] });
    expect(again).toEqual({ fields: once, masked: {}, refused: 0 });
  });
});

it('stands in every prompt', () => {
  const title = 'Heat a@example.com';
  expect(itemPrompt(title, [title])).toBe('The movie Heat [email], genres Heat [email]');
  expect(historyPrompt([title])).toContain('Heat [email]');
  expect(continuation(title)).toBe(' Heat [email]');
});
