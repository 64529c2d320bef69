// Examples that the border lets pass, and that no log has: the largest of everything, or sums that do not add up.
import { judgeOf } from '../../schemas/border.ts';
import { latestTime } from '../../schemas/rules.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';

/** @param good an example to take the rest from */
export function absurdExamples(good: Example): ReadonlyMap<string, Example> {
  const items = (part: Partial<Example['items'][number]>) => ({
    ...good,
    items: good.items.map((item) => ({ ...item, ...part })),
  });
  const state = (part: Partial<Example['state']>) => ({
    ...good,
    state: { ...good.state, ...part },
  });
  const huge = Number.MAX_SAFE_INTEGER;
  const recent = good.items.map(({ itemId }) => ({
    ...{ itemId, at: good.at, positive: true, value: 1e9 },
  }));
  const groups = good.items.map(({ itemId }) => ({
    ...{ group: itemId, feedbacks: 1, positives: huge, valueSum: -1e300 },
  }));
  const taste = groups.map(({ group }) => group);
  const cases: Record<string, Example> = {
    'the largest reward': items({ reward: 1e15, positive: true }),
    'the least reward': items({ reward: -1e15, positive: false }),
    'a reward of a million': items({ reward: 1e6 }),
    'one reward of a million': {
      ...good,
      items: good.items.map((item, i) => (i === 0 ? { ...item, reward: 1e6 } : item)),
    },
    'the least propensity': items({ propensity: Number.MIN_VALUE, positive: true }),
    'the least propensity of what was not liked': items({
      propensity: Number.MIN_VALUE,
      positive: false,
    }),
    'propensities of 1': items({ propensity: 1, positive: true }),
    'the largest scores': items({ score: Number.MAX_VALUE }),
    'the largest count of candidates': { ...good, candidateCount: 2 ** 31 - 1 },
    'no candidates': { ...good, candidateCount: 0 },
    'the largest positions': items({ position: 2 ** 31 - 1 }),
    'the largest version': { ...good, version: huge },
    'no weight': { ...good, confidence: 0 },
    'the first time': { ...good, at: 0, closedAt: 0 },
    'the last time': { ...good, at: latestTime, closedAt: latestTime },
    'the largest sums': state({
      valueSum: 1e300,
      feedbacks: 1,
      positives: huge,
      impressions: huge,
    }),
    'sums of nobody': state({ valueSum: -1e300, feedbacks: 0, positives: huge, recent, groups }),
    'groups that do not add up': {
      ...state({ groups, recent, feedbacks: 0, positives: 0 }),
      items: good.items.map((item) => ({ ...item, groups: taste })),
    },
    'a memory of the largest values': state({ recent, groups }),
    'counts beyond counting': state({ feedbacks: huge, positives: 0, simulatedFeedbacks: huge }),
    'the largest vectors': {
      ...items({ features: good.items[0]!.features.map(() => 1e5), positive: true }),
      profile: good.profile.map(() => -1e5),
      unshown: good.unshown.map((one) => ({ ...one, features: one.features.map(() => 1e5) })),
    },
    'vectors of nothing': {
      ...items({ features: good.items[0]!.features.map(() => 0) }),
      profile: good.profile.map(() => 0),
    },
    'vectors of other lengths': {
      ...items({ features: [1, 2, 3] }),
      profile: [1],
    },
    'one item in every place': items({ itemId: good.items[0]!.itemId, positive: true }),
    'ids that are no words': items({ itemId: '\u0000\ufffd '.repeat(100), positive: true }),
    'nothing shown': { ...good, items: [] },
  };
  for (const [name, example] of Object.entries(cases)) {
    const refusal = judgeOf(examples)(example, example.userId);
    if (refusal)
      throw new Error(`${name}: the border refuses ${refusal.field}, ${refusal.problem}`);
  }
  return new Map(Object.entries(cases));
}
