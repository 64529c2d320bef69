// Holds the records that were fetched for a task and not stepped yet: bounded, and merged by the times
// that their events name.
import { Merge } from '../../../streams/engine/merge.ts';
import type { InputGap } from '../committed.ts';
import type { Brought, Fetched } from '../reading.ts';
import { wasStepped } from './asked.ts';
import type { TaskEnvironment } from './environment.ts';
import { Taken } from './taken.ts';

/** Number of records held of an input above which fetching it pauses. */
const mostHeld = 20_000;
/** Size of the records held of an input above which fetching it pauses, bytes. */
const mostHeldBytes = 32 << 20;

export class TaskInbox {
  private readonly merge: Merge<Taken>;
  /** Offset to fetch next, by input. */
  private readonly fetched: number[];
  private readonly heldBytes: number[];
  /** By input, whether the latest fetch brought all that could be read. */
  private readonly readUp: boolean[];
  /** Inputs for which `hasRoom` has said no. */
  private readonly full = new Set<number>();
  private readonly env: TaskEnvironment;

  constructor(env: TaskEnvironment, start: readonly number[]) {
    const { inputs, severalBrokers, waitForInputsMs: ms, clock } = env;
    this.merge = new Merge(inputs.length, () => (severalBrokers() ? 1 : 0), { ms, now: clock.now });
    this.fetched = [...start];
    this.heldBytes = start.map(() => 0);
    this.readUp = start.map(() => false);
    this.env = env;
  }

  get empty(): boolean {
    return this.fetched.every((_, input) => this.merge.held(input) === 0);
  }

  /** Number of records held of an input. */
  heldOf(input: number): number {
    return this.merge.held(input);
  }

  /** Offset to fetch next of an input. */
  fetchedOf(input: number): number {
    return this.fetched[input]!;
  }

  /** Whether more of an input may be fetched; if not, `onRoom` tells when it may again. */
  hasRoom(input: number): boolean {
    const room = this.merge.held(input) < mostHeld && this.heldBytes[input]! < mostHeldBytes;
    if (!room) {
      this.full.add(input);
      this.readUp[input] = false;
    }
    return room;
  }

  /**
   * Notes that a fetch goes out.
   * @returns the number of its round, to be named with what it brings
   */
  nextRound(): number {
    return this.merge.nextRound();
  }

  /** Whether every input was read up to what could be read of it, by its latest fetch. */
  get current(): boolean {
    return this.readUp.every(Boolean);
  }

  /** What this group has stepped when it was asked about, and what it has left out, is not held. */
  offer(
    input: number,
    { records: fetched, atEnd, current, next }: Fetched,
    round: number,
  ): Brought {
    const { leftOut, inputs, groupId } = this.env;
    const { name } = inputs[input]!;
    const records = fetched.filter(
      (record) => !leftOut?.has(name, record) && !wasStepped(record, groupId),
    );
    this.readUp[input] = current;
    const at = this.env.tracing ? this.env.clock.date() : 0;
    let bytes = 0;
    const taken = records.map((record) => {
      bytes += record.size;
      return new Taken(this.env, input, record, at);
    });
    this.heldBytes[input]! += bytes;
    this.fetched[input] = next;
    this.merge.offer(input, taken, atEnd, round);
    if (records.length > 0) return 'news';
    return this.env.passesOver?.includes(inputs[input]!) ? 'own' : 'asked';
  }

  /** Notes that the records of an input up to an offset are not there any more. */
  missed({ input, to }: InputGap): void {
    this.fetched[input] = to;
  }

  /**
   * The next record in order of time, if it is certain which one that is.
   * @returns a promise if a schema has to be asked for first; the next call goes on from there
   */
  take(): Taken | Promise<void> | undefined {
    return this.takeNext(this.merge.peek());
  }

  /**
   * The earliest record that is held, if its time is not after `at`; whether or not an earlier one may
   * still come.
   * @param at event time, ms
   * @returns see `take`
   */
  takeUntil(at: number): Taken | Promise<void> | undefined {
    const earliest = this.merge.head();
    return earliest && earliest.record.at <= at ? this.takeNext(earliest) : undefined;
  }

  private takeNext(
    next: { readonly input: number; readonly record: Taken } | undefined,
  ): Taken | Promise<void> | undefined {
    if (!next) return undefined;
    const { input, record: taken } = next;
    const learning = taken.learn();
    if (learning) return learning;
    this.merge.drop(input);
    this.heldBytes[input]! -= taken.record.size;
    if (this.full.size > 0) this.lookForRoom(input);
    return taken;
  }

  /** Clock time from which a record need not wait for other inputs, ms; 0 if none waits. */
  get waitMs(): number {
    return this.merge.waitMs;
  }

  private lookForRoom(input: number): void {
    if (this.full.delete(input) && this.hasRoom(input)) this.env.onRoom();
  }
}
