// Our side, in a process of its own: the `millrace` learner on the decisions of a file, told by its one
// argument, answered by one message. Rates are by the processor time of the whole process.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { loadLearner } from '../../models/bandit/millrace/learner.ts';
import type { Learner } from '../../models/learner.ts';
import type { Policy } from '../../models/policy.ts';
import { createCodec } from '../../schemas/codec.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';
import { type Decider, decide, safeVariants } from '../../streams/serve/decide.ts';
import { followParent, told } from '../support/child.ts';
import { ownCpuSeconds } from '../support/proc.ts';
import { quantile } from '../support/statistics.ts';
import { type OursFigures, oursShape } from './figures.ts';
import { CANDIDATES, opening, SLATE, worldOf } from './stream.ts';

followParent();
const { file, stream } = oursShape.parse(told());
const log: Example[] = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

/** Number of calls in a second of processor time. */
function rate<T>(over: readonly T[], act: (one: T) => void): number {
  const begun = ownCpuSeconds();
  for (const one of over) act(one);
  return over.length / (ownCpuSeconds() - begun);
}

const start = loadLearner();
for (const decided of opening(worldOf(stream), stream.seed)) start.learn(decided);
const opened = start.save();
const fresh = () => loadLearner(opened);

/**
 * Rates of learning the whole log as the stage does: from whole slates, from the outcome on top,
 * from bytes.
 */
function updates() {
  const tops = log.map((one) => ({ ...one, items: one.items.slice(0, 1) }));
  const codec = createCodec(examples, 1);
  const bytes = log.map((one) => codec.encode(one));
  const learnAll = <T>(over: readonly T[], exampleOf: (one: T) => Example) => {
    const learner = fresh();
    return rate(over, (one) => learner.learn(exampleOf(one)));
  };
  const cold = learnAll(log, (one) => one);
  return {
    cold,
    slates: learnAll(log, (one) => one),
    tops: learnAll(tops, (one) => one),
    decoded: learnAll(bytes, (one) => codec.decode(one) as Example),
  };
}

/** A decider with one policy alone, which explores as it does without configuration. */
function deciderOf(policy: Policy): Decider {
  const variant = safeVariants[0]!;
  return {
    salt: 'bench',
    variants: [{ ...variant, share: 1 }],
    policyOf: () => policy,
    missing: [],
  };
}

/**
 * Time of each decision, µs, by the stream's own `decide`; its outcome is learned before the next.
 */
function decisionTimes(learner: Learner): number[] {
  const decider = deciderOf(learner);
  return log.map((decided) => {
    const { userId, at, state, items, unshown = [] } = decided;
    const candidates = [...items, ...unshown].map(({ itemId, groups, similarity }) => ({
      itemId,
      groups,
      similarity,
    }));
    const request = {
      requestId: decided.impressionId,
      userId,
      at,
      k: SLATE,
      surface: '',
      said: null,
      context: null,
    };
    const begun = performance.now();
    decide(decider, { ...request, candidates: null }, state, candidates);
    const took = 1000 * (performance.now() - begun);
    learner.learn(decided);
    return took;
  });
}

/** Number of calls of the learner's retrievers in a second, while it learns. */
function retrievals(learner: Learner): number {
  const few = log.slice(0, 200);
  let spent = 0;
  for (const decided of few) {
    const begun = ownCpuSeconds();
    learner.retrieve(decided.state, CANDIDATES, decided.at, 1);
    spent += ownCpuSeconds() - begun;
    learner.learn(decided);
  }
  return few.length / spent;
}

const learned = updates();
decisionTimes(fresh()); // warms up
const times = decisionTimes(fresh());
const figures: OursFigures = {
  coldSlatesPerSecond: learned.cold,
  slatesPerSecond: learned.slates,
  topsPerSecond: learned.tops,
  decodedSlatesPerSecond: learned.decoded,
  decisionUs: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
  retrievalsPerSecond: retrievals(fresh()),
  snapshotMiB: opened.length / 2 ** 20,
};
process.send!(figures);
process.disconnect();
