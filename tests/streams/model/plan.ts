// Random topologies as plain data: what is drawn, run for real (operators.ts) and by the naive reference
// (reference.ts). What the steps mean is said here once; T is the stream time at an event, W the window.
//
//   map      emits the event under another key, so that a later stage sees it repartitioned.
//   count    emits how many events its key has had, and their sum. Kept for ever.
//   dedupe   emits an event unless one of the same key and value was emitted less than W before T.
//   join     keeps the latest left event of a key until its time + W; a right one emits the sum with it,
//            or a miss. Left is the first input; of a single input, even values.
//   tumble   sums windows [nW, nW + W) by key; each is emitted at the end of its grace, nW + 2W.
//   session  sums a key's events; emitted once nothing came for W.
//   trace    sums a key's events for W from the first, and for one W more tells late ones from new ones.
//
// An event whose own window is over at T (or, in `tumble`, its grace) is emitted as late and changes
// nothing. When T moves, steps in order give up what is due, by due time and key; then the event goes to
// each step in order.
import fc from 'fast-check';
import type { Fault } from '../../../streams/engine/memory/reader.ts';

export type Kind = 'map' | 'count' | 'dedupe' | 'join' | 'tumble' | 'session' | 'trace';

export interface StepPlan {
  readonly kind: Kind;
  /** W, ms. */
  readonly window: number;
}

export interface StagePlan {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly steps: readonly StepPlan[];
}

export interface ModelEvent {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly at: number;
  readonly value: number;
}

export interface Sent {
  readonly topic: string;
  readonly event: ModelEvent;
}

export interface Plan {
  readonly partitions: number;
  readonly stages: readonly StagePlan[];
  /** What is sent, in order; each batch is processed to its end before the next is sent. */
  readonly batches: readonly (readonly Sent[])[];
  readonly commitEvery: number;
  readonly commitDelay: number;
  /** What befalls the tasks, by the order in which they ask. */
  readonly faults: readonly (Fault | null)[];
  /** Committed state outlives the process, as on a disk. */
  readonly durable: boolean;
}

/** A value kept in the stores of the steps. */
export interface Kept {
  readonly key: string;
  readonly at: number;
  readonly expiresAt: number;
  readonly count: number;
  readonly sum: number;
  readonly closed: boolean;
}

export const storeName = (stage: string, step: number) => `${stage}-store-${step}`;

const external = ['in-0', 'in-1'];

const step: fc.Arbitrary<StepPlan> = fc.record({
  kind: fc.constantFrom<Kind>('map', 'count', 'dedupe', 'join', 'tumble', 'session', 'trace'),
  window: fc.integer({ min: 1, max: 40 }),
});

const stages = fc
  .array(
    fc.record({
      picks: fc.array(fc.nat(5), { minLength: 1, maxLength: 2 }),
      steps: fc.array(step, { minLength: 1, maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 3, size: 'max' },
  )
  .map((drawn) =>
    drawn.map(({ picks, steps }, i): StagePlan => {
      const known = [...external, ...drawn.slice(0, i).map((_, before) => `out-${before}`)];
      const inputs = [
        ...new Set(picks.map((pick) => known[known.length - 1 - (pick % known.length)]!)),
      ];
      return { name: `stage-${i}`, inputs, output: `out-${i}`, steps };
    }),
  );

/** Times go on by a few milliseconds, now and then far, and come out of order. */
const batches = fc
  .array(
    fc.record({
      topic: fc.constantFrom(...external),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.nat(3),
      gap: fc.oneof({ weight: 9, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.nat(100) }),
      behind: fc.oneof(
        { weight: 2, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.nat(60) },
      ),
      last: fc.oneof(
        { weight: 9, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.boolean() },
      ),
    }),
    { maxLength: 60, size: 'max' },
  )
  .map((drawn) => {
    let now = 100;
    const cut: Sent[][] = [[]];
    for (const [i, { topic, key, value, gap, behind, last }] of drawn.entries()) {
      now += gap;
      cut
        .at(-1)!
        .push({ topic, event: { id: `e${i}`, kind: 'sent', key, at: now - behind, value } });
      if (last) cut.push([]);
    }
    return cut;
  });

const fault = fc.oneof(
  { weight: 12, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fault>('rollback', 'abort', 'restart', 'restart-committed'),
  },
);

/** The same, sent to inputs that are read. */
function read(stages: readonly StagePlan[], batches: readonly (readonly Sent[])[]) {
  const inputs = new Set(stages.flatMap((stage) => stage.inputs));
  const used = external.filter((name) => inputs.has(name));
  return batches.map((sent) =>
    sent.map(({ topic, event }) => ({ topic: inputs.has(topic) ? topic : used[0]!, event })),
  );
}

const drawn: fc.Arbitrary<Plan> = fc.record({
  partitions: fc.integer({ min: 1, max: 3 }),
  stages,
  batches,
  commitEvery: fc.integer({ min: 1, max: 9 }),
  commitDelay: fc.nat(4),
  faults: fc.array(fault, { maxLength: 100, size: 'max' }),
  durable: fc.boolean(),
});

export const plan = drawn.map((one): Plan => ({ ...one, batches: read(one.stages, one.batches) }));
