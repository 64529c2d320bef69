// Small made-up examples for tests of policies and learners: seeded, so every run has the same.
import { MemoryPipeline } from '../../models/memory-pipeline.ts';
import { Random } from '../../models/random.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Example } from '../../schemas/topics/examples.ts';

const GROUPS = ['drama', 'comedy', 'war'];
const SLATE = 5;

/**
 * Slates shown to `users` users from `items` items, each item answered with 5 or 2. User u likes item i
 * by whether the parities of both agree, with probability 0.85; that is the interaction a model has to
 * find.
 */
export function madeExamples(n: number, users = 12, items = 30, seed = 1): Example[] {
  const random = new Random(seed);
  const pipeline = new MemoryPipeline({ groupsOf: (itemId) => groupsOf(Number(itemId.slice(1))) });
  return Array.from({ length: n }, (_, index) => {
    const user = random.below(users);
    const [impressionId, userId] = [`made-${index}`, `u${user}`];
    const at = 1_000_000_000 + index * 60_000;
    const outcomes = Array.from({ length: SLATE }, () => {
      const item = random.below(items);
      const agree = (item + user) % 2 === 0;
      const positive = random.next() < (agree ? 0.85 : 0.15);
      const similarity = item % 3 === 0 ? null : random.next() * 2 - 1;
      return { itemId: `i${item}`, positive, similarity };
    });
    const shown = outcomes.map(({ itemId, similarity }) => ({ itemId, similarity }));
    const clicks = outcomes.map(({ itemId, positive }, i) =>
      loggedClick({
        ...{ clickId: `${impressionId}-${i}`, impressionId, userId, itemId, at },
        ...{ kind: 'rating', positive, value: positive ? 5 : 2 },
      }),
    );
    return pipeline.take(loggedImpression({ impressionId, userId, at }, shown), clicks);
  });
}

const groupsOf = (item: number) => [GROUPS[item % 3]!, item % 2 === 0 ? 'even' : 'odd'];

/** The example as if a simulator alone had answered it. */
export function simulatedExample(example: Example, confidence: number): Example {
  const simulated = { source: 'simulated' as const, confidence };
  return {
    ...example,
    ...simulated,
    items: example.items.map((item) => ({ ...item, ...simulated })),
  };
}
