// Which faults strike, where and when: a function of the seed alone.
import { Random } from '../../models/random.ts';

export const kinds = [
  'kill', // a worker, at any moment
  'kill-before-commit', // … when its commit is under way but not at the broker: all is delivered again
  'kill-after-commit', // … when its commit is at the broker, and it does not know
  'freeze', // SIGSTOP for longer than the session, then SIGCONT: a zombie
  'partition', // the same by the network: nothing passes, then everything
  'broker-kill',
  'broker-stop',
  'registry-kill', // with a worker that begins meanwhile and asks it for schemas
  'registry-stop',
  'cut', // every connection of a worker
  'lose-request', // a request of a transaction does not arrive, and the connection is gone
  'lose-answer', // … it arrives, but the answer does not: the client sends it again
  'late-end', // the end of a transaction comes to the broker within the next transaction
  'black-hole', // … and the connection stays open, though it carries nothing any more
  'slow', // a slow network for a while
  'join', // a worker more, or one less: partitions move while events flow
  'spoil-state', // a worker is killed, and its files are damaged before it comes back
  'replace', // a worker is asked to leave, and comes back: a rolling restart
  'crash-loop', // a worker more, which ends without a word whenever it has got partitions
  'forget-offsets', // nobody is there, and the group's offsets are deleted or set back
  'retention', // input that was read is deleted
  'retention-unread', // … and input that was not
] as const;

/** Faults that one broker alone cannot have. */
export const clusterKinds = [
  'coordinator-kill', // the broker that leads the group, or the transactions of a task
  'two-away', // two of three brokers: no write is taken
  'isolate-broker', // nothing passes between one broker and the workers; the brokers see each other
] as const;

export type Kind = (typeof kinds)[number] | (typeof clusterKinds)[number];

/** What can fail with so many brokers. */
export const kindsWith = (brokers: number): readonly Kind[] =>
  brokers > 1 ? [...kinds, ...clusterKinds] : kinds;

/** After these a worker believes to have tasks that others have taken over. */
export const makeZombies: ReadonlySet<Kind> = new Set<Kind>(['freeze', 'partition']);

export interface Fault {
  readonly kind: Kind;
  /** Time after the fault before it, ms; they overlap. */
  readonly afterMs: number;
  /** Chooses the worker, among those that run then. */
  readonly draw: number;
  /** Chooses the call, for faults of one call. */
  readonly call: number;
}

/** Between a fault and the next, ms. */
const [leastGapMs, mostGapMs] = [300, 5_000];

/** So many faults: every kind comes before one comes again, in an order of the seed's. */
export function drawFaults(seed: number, count: number, of: readonly Kind[] = kinds): Fault[] {
  const random = new Random(seed);
  const bag: Kind[] = [];
  return Array.from({ length: count }, () => {
    if (bag.length === 0) bag.push(...of);
    return {
      kind: bag.splice(random.below(bag.length), 1)[0]!,
      afterMs: leastGapMs + random.below(mostGapMs - leastGapMs),
      draw: random.uint32(),
      call: random.uint32(),
    };
  });
}

/** What happens to one set of topics: a few faults that overlap, and where the workers keep their state. */
export interface RoundPlan {
  readonly name: string;
  readonly store: 'memory' | 'lmdb';
  readonly faults: readonly Fault[];
}

/** Faults in rounds; state is in memory and on disk by turns, and on disk where it is to be damaged. */
export function roundsOf(faults: readonly Fault[], perRound: number): RoundPlan[] {
  return Array.from({ length: Math.ceil(faults.length / perRound) }, (_, i) => {
    const some = faults.slice(i * perRound, (i + 1) * perRound);
    const onDisk = i % 2 === 1 || some.some(({ kind }) => kind === 'spoil-state');
    return { name: `round-${i + 1}`, store: onDisk ? 'lmdb' : 'memory', faults: some };
  });
}
