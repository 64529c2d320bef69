// The example of docs/rules.md: it is a configuration that can be used, and each rule of it does what it says.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { changesFor } from '../../app/rules/of-file.ts';
import { topics } from '../../schemas/index.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { recordOf } from '../../schemas/rule-input.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { ruleKinds, rules, type ShopRule } from '../../schemas/topics/rules.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { mainTopology } from '../../streams/topology.ts';
import { itemOf } from '../support/events.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/rules.md'), 'utf8');
const [, example = ''] = /<!-- rules -->\n```yaml\n([\s\S]*?)```/.exec(page) ?? [];

function configOf(yaml: string) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-rules-'));
  try {
    writeFileSync(join(folder, 'millrace.yaml'), yaml);
    return readConfig({}, { folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const now = Date.UTC(2027, 0, 5);
const put = { at: now, owner: 'file' } as const;
const written = () => configOf(example).rules!.map((rule) => recordOf(rule, put));

const catalogue = [
  ...['lamp-7', 'lamp-8', 'lamp-9'].map((id) => ({ ...itemOf(id, ['lamps']), attributes: {} })),
  ...Array.from({ length: 8 }, (_, i) => ({
    ...itemOf(`shoe-${i + 10}`, i < 3 ? ['shoes', 'new'] : ['shoes', 'spring']),
    attributes: {
      brand: i < 5 ? 'acme' : 'other',
      price: String(20 * i),
      available: String(i !== 4),
    },
  })),
  ...Array.from({ length: 8 }, (_, i) => ({
    ...itemOf(`hat-${i}`, i < 4 ? ['hats', 'new'] : ['hats', 'spring']),
    attributes: { brand: `brand-${i}`, price: '30' },
  })),
];

function slateOf(userId: string, surface: string, rest: object = {}) {
  const runtime = new MemoryRuntime(mainTopology(), { topics });
  for (const item of catalogue) runtime.send(items, item);
  for (const rule of written()) runtime.send(rules, rule);
  const request = { requestId: 'r', userId, at: now, k: 8, surface, ...rest };
  runtime.send(requests, requestOf(request));
  runtime.drain();
  const [slate] = runtime.events(impressions);
  const outcomes = new Map(slate!.rules.map(({ ruleId, outcome }) => [ruleId, outcome]));
  return { shown: slate!.items.map(({ itemId }) => itemId), outcomes };
}

const brandOf = (id: string) =>
  (catalogue.find(({ itemId }) => itemId === id)!.attributes as { brand?: string }).brand;

describe('the example of docs/rules.md', () => {
  it('has every kind, and can be read as millrace.yaml', () => {
    expect(
      written()
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(expect.arrayContaining([...ruleKinds]));
  });

  it('does on the home page what it says', () => {
    const { shown, outcomes } = slateOf('u1', 'home');
    expect(shown[0]).toBe('shoe-17');
    for (const position of [2, 5]) {
      const item = catalogue.find(({ itemId }) => itemId === shown[position])!;
      expect(item.groups).toContain('new');
    }
    expect(shown).not.toContain('lamp-7');
    expect(shown).not.toContain('shoe-14'); // sold out
    const brands = shown.map(brandOf).filter((brand) => brand !== undefined);
    for (const brand of brands) {
      expect(brands.filter((one) => one === brand).length).toBeLessThanOrEqual(2);
    }
    for (const id of ['recalled', 'sold-out', 'launch', 'new-here']) {
      expect([id, outcomes.get(id)]).toEqual([id, 'acted']);
    }
    expect(outcomes.has('affordable')).toBe(false);
    expect(outcomes.has('no-shoes-u17')).toBe(false);
  });

  it('keeps a teaser to what is cheap, and is quiet for one user', () => {
    const { shown, outcomes } = slateOf('u1', 'teaser');
    expect(outcomes.get('affordable')).toBe('acted');
    // Of three shoes at 50 at most, two: they are of one brand.
    expect(shown).toHaveLength(2);
    expect(shown.every((id) => ['shoe-10', 'shoe-11', 'shoe-12'].includes(id))).toBe(true);
    expect(slateOf('u17', 'home').shown.some((id) => id.startsWith('shoe'))).toBe(false);
  });

  it('boosts for its segment alone', () => {
    const vip = { context: { segment: 'vip' } };
    expect(slateOf('u1', 'home', vip).outcomes.has('spring')).toBe(false); // no answers yet
  });
});

describe('the rules of the file', () => {
  const known = (all: readonly ShopRule[]) => new Map(all.map((rule) => [rule.ruleId, rule]));

  it('are put once, changed where they differ, and removed when they are gone', () => {
    const all = written();
    expect(changesFor(new Map(), all)).toHaveLength(all.length);
    const later = all.map((rule) => ({ ...rule, at: now + 1 }));
    expect(changesFor(known(all), later)).toEqual([]);
    const changed = later.map((rule) => (rule.ruleId === 'spring' ? { ...rule, factor: 2 } : rule));
    expect(changesFor(known(all), changed).map(({ ruleId }) => ruleId)).toEqual(['spring']);
    expect(changesFor(known(all), later.slice(1))).toEqual([{ ruleId: 'recalled', rule: null }]);
  });

  it('leave those of people alone', () => {
    const theirs = { ...written()[0]!, ruleId: 'theirs', owner: 'people' as const };
    expect(changesFor(known([theirs]), [])).toEqual([]);
  });

  it('are nothing where the file does not name them', () => {
    expect(configOf('seed: 2\n').rules).toBeUndefined();
    expect(configOf('rules: []\n').rules).toEqual([]);
  });

  it('are refused with their line and field', () => {
    const bad = 'rules:\n  - id: top\n    kind: pin\n    items: [a]\n  - id: top\n    kind: hide\n';
    expect(() => configOf(bad)).toThrow(/rules\[1\]\.kind|rules\.1\.kind/);
    const twice =
      'rules:\n  - { id: a, kind: exclude, items: [x] }\n  - { id: a, kind: exclude, items: [y] }\n';
    expect(() => configOf(twice)).toThrow(/two rules have the id a/);
  });
});
