// The registry of policies: whatever a variant can name can be made, and something always serves.
import { describe, expect, it } from '@jest/globals';
import { UniformPolicy } from '../../models/bandit/uniform.ts';
import { learningPolicies, policies, policyNamed, policyNames } from '../../models/policies.ts';
import { live } from '../../models/world/live.ts';
import { World } from '../../models/world/world.ts';

const [context] = [...live(new World(), new UniformPolicy(), { requests: 1 })].map(
  ({ context }) => context,
);

describe('the registry', () => {
  it('names each policy once, beside those that have no parameters of their own', () => {
    expect(new Set(policyNames).size).toBe(policyNames.length);
    expect(policyNames.filter((name) => !learningPolicies.has(name))).toEqual([
      'uniform',
      'popularity',
      'inverted',
    ]);
  });

  it('knows no other names', () => {
    expect(() => policyNamed('learning')).toThrow(/There is no policy learning\./);
    expect(() => policyNamed('learning')).toThrow(/millrace, like-rate/);
  });

  it.each([...policies.values()])('$name is served, and who serves in its place', (entry) => {
    const policy = entry.serve(entry.source?.create());
    expect(policy.name).toBe(entry.name);
    expect([...policy.scores(context!)].every(Number.isFinite)).toBe(true);
    expect(policy.canServe?.(context!) ?? true).toBe(!entry.needsVectors);
    const chain: string[] = [];
    for (let one = entry; one.fallback; one = policies.get(one.fallback)!) chain.push(one.fallback);
    expect(chain.at(-1) ?? entry.name).toBe('uniform');
  });
});
