// Any single record, however absurd, moves what is learned by a bounded amount, and nothing becomes NaN.
import { describe, expect, it } from '@jest/globals';
import { loadLearner } from '../../models/bandit/millrace/learner.ts';
import { UniformPolicy } from '../../models/bandit/uniform.ts';
import { MeanValues } from '../../models/baseline/mean-values.ts';
import { MeansBaseline } from '../../models/baseline/means.ts';
import { PopularityBaseline } from '../../models/baseline/popularity.ts';
import { toProbabilities } from '../../models/exploration.ts';
import { learningPolicies } from '../../models/policies.ts';
import type { LearningPolicy } from '../../models/policy.ts';
import { Simulator } from '../../models/reward/simulator.ts';
import { live } from '../../models/world/live.ts';
import { madeVectors } from '../../models/world/vectors.ts';
import { World } from '../../models/world/world.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import { absurdExamples } from '../support/absurd-examples.ts';
import { madeExamples } from '../support/examples.ts';
import { numbersIn } from '../support/numbers-in.ts';

const world = new World();
const lived = [
  ...live(world, new UniformPolicy(), { requests: 260, vectors: madeVectors(world) }),
].filter(({ context }) => context.vectors);
const log = lived.slice(0, -20).flatMap(({ examples }) => examples);
/** Decisions by which policies are compared. */
const asked = lived.slice(-20).map(({ context }) => context);
const half = Math.floor(log.length / 2);
const absurd = absurdExamples(log.slice(half).find(({ items }) => items.length > 2)!);

/** Most that what is shown may differ for one absurd record, beyond what an ordinary one makes of it. */
const MOST_MOVED = 0.3;

describe.each([...learningPolicies])('%s', (_name, kind) => {
  const grown = (between: readonly Example[]) => {
    const policy = kind.create();
    for (const example of [...log.slice(0, half), ...between, ...log.slice(half)])
      policy.learn(example);
    return policy;
  };
  const sharesOf = (policy: LearningPolicy) =>
    asked.map((context) => toProbabilities(policy.scores(context)));
  const clean = sharesOf(grown([]));
  /** Total variation from the policy without the record, mean over the decisions. */
  const movedBy = (policy: LearningPolicy) => {
    const ways = sharesOf(policy).map((shares, i) =>
      shares.reduce((sum, p, j) => sum + Math.abs(p - clean[i]![j]!) / 2, 0),
    );
    return ways.reduce((sum, one) => sum + one, 0) / ways.length;
  };
  const ordinary = movedBy(grown([log[half]!]));

  it.each([...absurd])('%s', (_what, example) => {
    const policy = grown([example]);
    expect(numbersIn(policy.save()).filter((one) => !Number.isFinite(one))).toEqual([]);
    expect(movedBy(policy)).toBeLessThan(ordinary + MOST_MOVED);
    const context = asked.at(-1)!;
    expect([...kind.load(policy.save()).scores(context)]).toEqual([...policy.scores(context)]);
  });
});

const rated = madeExamples(900);
const ratedAbsurd = absurdExamples(rated[450]!);

/** Root of the mean squared error of the values that a model expects, over the last third of a log. */
function errorOf(
  model: { predictValues(of: Example): Float64Array; learn(of: Example): unknown },
  first: readonly Example[],
): number {
  for (const example of first) model.learn(example);
  let [sum, n] = [0, 0];
  for (const [i, example] of rated.slice(450).entries()) {
    const expected = model.predictValues(example);
    if (i >= 150) {
      for (const [j, { reward }] of example.items.entries()) sum += (expected[j]! - reward) ** 2;
      n += example.items.length;
    }
    model.learn(example);
  }
  return Math.sqrt(sum / n);
}

describe.each([
  ['millrace', () => loadLearner()],
  ['simulator', () => Simulator.load()],
  ['mean of the item', () => new MeanValues('item', { user: false, item: true })],
  ['mean of user and item', () => new MeanValues('both', { user: true, item: true })],
] as const)('values by %s', (_name, create) => {
  const before = rated.slice(0, 450);
  const clean = errorOf(create(), before);

  it.each([...ratedAbsurd])('%s', (_what, example) => {
    expect(errorOf(create(), [...before, example])).toBeLessThan(1.2 * clean);
  });

  it('an absurd record first of all', () => {
    for (const reward of [1e6, 1e15, -1e15]) {
      const first = { ...rated[0]!, items: rated[0]!.items.map((item) => ({ ...item, reward })) };
      expect(errorOf(create(), [first, ...before])).toBeLessThan(1.2 * clean);
    }
  });
});

describe.each([
  ['millrace', () => loadLearner()],
  ['means', () => new MeansBaseline()],
  ['popularity', () => new PopularityBaseline()],
] as const)('clicks by %s', (_name, create) => {
  const predicted = (between: readonly Example[]) => {
    const model = create();
    for (const example of [...rated.slice(0, 450), ...between, ...rated.slice(450)])
      model.learn(example);
    expect(numbersIn(model.save()).every(Number.isFinite)).toBe(true);
    return rated.slice(-20).flatMap((example) => [...model.predict(example)]);
  };
  const clean = predicted([]);

  it.each([...ratedAbsurd])('%s', (_what, example) => {
    const off = predicted([example]).map((p, i) => Math.abs(p - clean[i]!));
    expect(Math.max(...off)).toBeLessThan(0.1);
  });
});
