// `npm run bench:rules`: what rules of the shop add to a decision, µs: 100 candidates, a slate of 10, the
// uniform policy, and 0 to 10,000 rules, of which all or none name other users.

import { UniformPolicy } from '../models/bandit/uniform.ts';
import type { Candidate } from '../models/policy.ts';
import { RuleBook } from '../models/rules/book.ts';
import { newUser } from '../models/user/track.ts';
import { recordOf, ruleShape } from '../schemas/rule-input.ts';
import type { ShopRule } from '../schemas/topics/rules.ts';
import { decide, safeVariants } from '../streams/serve/decide.ts';
import { ownCpuSeconds } from './support/proc.ts';

const CANDIDATES = 100;
const K = 10;
const ROUNDS = 800;

const catalogue = Array.from({ length: CANDIDATES }, (_, i) => ({
  itemId: `item-${i}`,
  groups: [`group-${i % 20}`],
  attributes: { brand: `brand-${i % 30}`, price: String(i), available: String(i % 25 !== 0) },
}));
const candidates: Candidate[] = catalogue.map(({ itemId, groups }) => ({
  ...{ itemId, groups, similarity: null },
}));

/** Rules of a shop: of ten, four exclude, and one each filters, pins, has a slot, counts, boosts and is quiet. */
const made: readonly ((i: number) => object)[] = [
  (i) => ({ kind: 'exclude', items: [`gone-${i}`] }),
  (i) => ({ kind: 'exclude', where: { brand: `brand-${30 + i}` } }),
  (i) => ({ kind: 'exclude', where: { available: false, price: { most: i } } }),
  (i) => ({ kind: 'exclude', groups: [`gone-${i}`] }),
  (i) => ({ kind: 'filter', where: { price: { most: 1_000 + i } } }),
  (i) => ({ kind: 'pin', items: [`item-${i % CANDIDATES}`], position: i % K }),
  (i) => ({ kind: 'slot', groups: [`group-${i % 20}`], positions: [(i + 3) % K] }),
  (i) => ({ kind: 'atMost', groups: [`group-${i % 20}`], most: 2 }),
  (i) => ({ kind: 'boost', groups: [`group-${i % 20}`], factor: 2 }),
  (i) => ({
    kind: 'quiet',
    items: [`gone-${i}`],
    for: { users: ['me'], until: 2_000_000_000_000 },
  }),
];

function rulesOf(count: number, others: boolean): ShopRule[] {
  return Array.from({ length: count }, (_, i) => {
    const rule = { id: `rule-${i}`, ...made[i % made.length]!(i) };
    const scope = others ? { for: { users: [`user-${i}`], until: 2_000_000_000_000 } } : {};
    return recordOf(ruleShape.parse({ ...rule, ...scope }), { at: 1, owner: 'people' });
  });
}

/** Processor time of a decision, µs; the first quarter warms up. */
function measure(rules: readonly ShopRule[]): number {
  const book = new RuleBook();
  for (const rule of rules) book.put(rule);
  const policy = new UniformPolicy();
  const state = newUser('me');
  const request = { requestId: '', userId: 'me', at: 1_900_000_000_000, k: K, surface: 'home' };
  let began = ownCpuSeconds();
  for (let i = 0; i < ROUNDS; i++) {
    if (i === ROUNDS / 4) began = ownCpuSeconds();
    const inForce = book.inForce({ ...request, feedbacks: 0 });
    const left = inForce ? catalogue.filter((item) => !inForce.removes(item)) : catalogue;
    const ids = new Set(left.map(({ itemId }) => itemId));
    const ruled = inForce && { inForce, arranged: inForce.arrange(left, K) };
    decide(
      { salt: 's', variants: safeVariants, policyOf: () => policy, missing: [], ruled },
      { ...request, requestId: `r${i}`, candidates: null, said: null, context: null },
      state,
      candidates.filter(({ itemId }) => ids.has(itemId)),
    );
  }
  return ((ownCpuSeconds() - began) * 1e6) / (0.75 * ROUNDS);
}

measure(rulesOf(100, false));
const without = measure([]);
const rows = [
  { rules: 0, for: '', us: without },
  ...[10, 100, 1_000].map((rules) => ({ rules, for: 'all', us: measure(rulesOf(rules, false)) })),
  { rules: 10_000, for: 'other users', us: measure(rulesOf(10_000, true)) },
].map((row) => ({ ...row, us: Math.round(row.us), added: Math.round(row.us - without) }));

if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ rows })}\n`);
else for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
