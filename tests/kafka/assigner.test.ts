import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { spread } from '../../infra/kafka/co-partition-assigner.ts';

describe('the assignment of partitions', () => {
  it('is even, gives every partition once, and leaves what may stay where it is', () => {
    const members = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.nat(20), members, members, (count, before, after) => {
        const partitions = Array.from({ length: count }, (_, i) => i);
        const first = spread(
          partitions,
          before.map((memberId) => ({ memberId, owned: [] })),
        );
        const second = spread(
          partitions,
          after.map((memberId) => ({ memberId, owned: first.get(memberId) ?? [] })),
        );
        for (const assignment of [first, second]) {
          expect([...assignment.values()].flat().sort((a, b) => a - b)).toEqual(partitions);
          const sizes = [...assignment.values()].map(({ length }) => length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
        // Nobody loses more than what an even share obliges to give.
        const least = Math.floor(count / after.length);
        for (const [memberId, owned] of first) {
          const kept = owned.filter((partition) => second.get(memberId)?.includes(partition));
          if (after.includes(memberId)) {
            expect(kept.length).toBeGreaterThanOrEqual(Math.min(owned.length, least));
          }
        }
      }),
    );
  });

  it('believes one of two members that say they have the same partition', () => {
    const assignment = spread(
      [0, 1],
      [
        { memberId: 'a', owned: [0, 1] },
        { memberId: 'b', owned: [0, 1] },
      ],
    );
    expect([...assignment.values()].flat().sort()).toEqual([0, 1]);
  });
});
