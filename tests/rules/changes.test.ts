// Changes of the rules: which are refused, and what is left of a user who is forgotten.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { rulesIn } from '../../app/rules/command.ts';
import { withoutUser } from '../../app/rules/forget.ts';
import { checkChanges } from '../../app/rules/topic.ts';
import { codeOf } from '../../schemas/errors.ts';
import { mostRules, type ShopRule } from '../../schemas/topics/rules.ts';
import { shopRule } from '../support/shop-rules.ts';

const rule = (ruleId: string, rest: Partial<ShopRule> = {}) =>
  shopRule(ruleId, 'exclude', { items: ['a'], ...rest });
const known = (...rules: ShopRule[]) => new Map(rules.map((one) => [one.ruleId, one]));
const codeIn = (act: () => void): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
};

describe('changes of rules', () => {
  const check = (all: ReadonlyMap<string, ShopRule>, ruleId: string, put: ShopRule | null) =>
    codeIn(() => checkChanges(all, [{ ruleId, rule: put }]));

  it('are refused where they touch the file, name nothing or are too many', () => {
    const own = known(rule('own', { owner: 'file' }), rule('x'));
    expect(check(own, 'x', rule('x', { priority: 1 }))).toBeUndefined();
    expect(check(own, 'x', null)).toBeUndefined();
    expect(check(own, 'own', rule('own'))).toBe('rule-of-file');
    expect(check(own, 'own', null)).toBe('rule-of-file');
    expect(check(own, 'y', null)).toBe('rule-unknown');
    const full = known(...Array.from({ length: mostRules }, (_, i) => rule(`r${i}`)));
    expect(check(full, 'one-more', rule('one-more'))).toBe('rules-too-many');
    expect(check(full, 'r1', rule('r1'))).toBeUndefined();
  });
});

describe('a file of rules', () => {
  const read = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-rules-'));
    try {
      writeFileSync(join(folder, 'rules.yaml'), text);
      return rulesIn(join(folder, 'rules.yaml'), 7).map(({ ruleId, at, owner }) => [
        ruleId,
        at,
        owner,
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it('is one rule, a list, or a list under rules, in YAML or JSON', () => {
    const one = { id: 'x', kind: 'exclude', items: ['a'] };
    const found = [['x', 7, 'people']];
    for (const given of [one, [one], { rules: [one] }])
      expect(read(JSON.stringify(given))).toEqual(found);
    expect(read('id: x\nkind: exclude\nitems: [a]\n')).toEqual(found);
  });

  it('that cannot be used is refused as a whole', () => {
    expect(codeIn(() => read('- { id: x, kind: exclude, items: [a] }\n- { id: y }\n'))).toBe(
      'rule-invalid',
    );
    expect(codeIn(() => read('a: [b'))).toBe('rule-invalid');
    expect(codeIn(() => rulesIn('/no/such/file', 7))).toBe('rule-invalid');
  });
});

describe('a user who is forgotten', () => {
  it('is in no rule: one for nobody else goes, others stay for the others', () => {
    const rules = [
      rule('alone', { users: ['u'] }),
      rule('both', { users: ['u', 'v'] }),
      rule('other', { users: ['v'] }),
      rule('all'),
    ];
    expect(withoutUser(rules, 'u')).toEqual([
      { ruleId: 'alone', rule: null },
      { ruleId: 'both', rule: { ...rules[1]!, users: ['v'] } },
    ]);
  });
});
