// A world in which producers write in order of time while a task fetches from one or several brokers:
// what is fetched, when the broker reads it and when the answer comes are drawn.
import fc from 'fast-check';
import { Merge } from '../../../streams/engine/merge.ts';

export interface Written {
  readonly at: number;
  readonly input: number;
  /** Its place among the records of its input. */
  readonly seq: number;
}

type Move =
  | { readonly kind: 'write'; readonly input: number; readonly gap: number }
  /** A fetch goes out, for some inputs of a broker: bit i of `mask` leaves out the i-th of all. */
  | { readonly kind: 'ask'; readonly broker: number; readonly mask: number }
  /** The broker reads, at one moment, so many records of each at the most. */
  | { readonly kind: 'read'; readonly broker: number; readonly most: number }
  /** The answer comes; the evidence of an end may be missing from it. */
  | { readonly kind: 'answer'; readonly broker: number; readonly withEnds: boolean };

export interface World {
  readonly inputs: number;
  readonly brokers: number;
  readonly moves: readonly Move[];
}

const broker = fc.nat(2);
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('write'), input: fc.nat(3), gap: fc.nat(2) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('ask'),
      broker,
      mask: fc.constantFrom(0, 0, 1, 2, 5),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read'), broker, most: fc.nat(4) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('answer'), broker, withEnds: fc.boolean() }),
  },
);

export const world: fc.Arbitrary<World> = fc.record({
  inputs: fc.integer({ min: 1, max: 4 }),
  brokers: fc.integer({ min: 1, max: 3 }),
  moves: fc.array(move, { maxLength: 120, size: 'max' }),
});

interface Fetch {
  readonly round: number;
  readonly inputs: readonly number[];
  read?: readonly { input: number; records: readonly Written[]; atEnd: boolean }[];
}

/** Plays a world to its end. @returns what was written, and in which order the merge gave it */
export function order({ inputs, brokers, moves }: World): {
  written: Written[];
  merged: Written[];
} {
  // Fetches of several brokers overlap; one broker answers one after the other.
  const merge = new Merge<Written>(inputs, brokers > 1 ? 1 : 0);
  const logs = Array.from({ length: inputs }, (): Written[] => []);
  const fetched = logs.map(() => 0);
  const fetches = new Map<number, Fetch>();
  const merged: Written[] = [];
  let now = 0;
  let readSince = false;

  const write = (input: number, gap: number) => {
    // What a broker has read at a moment holds everything of that moment.
    now += readSince ? Math.max(1, gap) : gap;
    readSince = false;
    logs[input]!.push({ at: now, input, seq: logs[input]!.length });
  };
  const ask = (of: number, mask: number) => {
    const wanted = (input: number) => input % brokers === of && !(mask & (1 << input));
    const own = [...logs.keys()].filter(wanted);
    if (!fetches.has(of)) fetches.set(of, { round: merge.nextRound(), inputs: own });
  };
  const read = (of: number, most: number) => {
    const fetch = fetches.get(of);
    if (!fetch || fetch.read) return;
    readSince = true;
    fetch.read = fetch.inputs.map((input) => {
      const from = fetched[input]!;
      const records = logs[input]!.slice(from, from + most);
      return { input, records, atEnd: from + records.length === logs[input]!.length };
    });
  };
  const answer = (of: number, withEnds: boolean) => {
    const fetch = fetches.get(of);
    if (!fetch?.read) return;
    fetches.delete(of);
    for (const { input, records, atEnd } of fetch.read) {
      fetched[input]! += records.length;
      merge.offer(input, records, atEnd && withEnds, fetch.round);
    }
    for (let next = merge.next(); next; next = merge.next()) merged.push(next.record);
    // Where every input holds records nothing can be missing.
    if (logs.every((_, input) => merge.held(input) > 0)) throw new Error('a certain record waits');
  };

  for (const one of moves) {
    if (one.kind === 'write') write(one.input % inputs, one.gap);
    else if (one.kind === 'ask') ask(one.broker % brokers, one.mask);
    else if (one.kind === 'read') read(one.broker % brokers, one.most);
    else answer(one.broker % brokers, one.withEnds);
  }
  // Nobody writes any more: what is on its way, then all that is left, then the ends.
  for (let round = 0; round < 4; round++) {
    for (let of = 0; of < brokers; of++) ask(of, 0);
    for (let of = 0; of < brokers; of++) read(of, Number.POSITIVE_INFINITY);
    for (let of = 0; of < brokers; of++) answer(of, true);
  }
  return { written: logs.flat(), merged };
}
