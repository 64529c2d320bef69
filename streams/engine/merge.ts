// Merges the inputs of a task by event time, so that a join does not depend on the order of arrival.
//
// The earliest head may go only if no other input can still bring an earlier record. An input that
// holds records cannot; an empty one cannot if it was seen at its end no earlier than the head came.
// A runtime counts its fetches as rounds, and says of which inputs it has seen the end, and in which
// round it asked: that a fetch brought nothing is no proof of an end.

export interface Timed {
  /** Event time, ms. It is looked at while the record is the head of its input. */
  readonly at: number;
}

interface Entry<T> {
  readonly record: T;
  readonly round: number;
  /** Time at which the record came, ms of the clock of `MergeWait`. */
  readonly cameAt: number;
}

/**
 * How long a task waits for an input that is at its end, so that a slow writer is not overtaken.
 */
export interface MergeWait {
  readonly ms: number;
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number;
}

const noWait: MergeWait = { ms: 0, now: () => 0 };

class Input<T extends Timed> {
  private entries: Entry<T>[] = [];
  private first = 0;
  /** Latest round in which this input was seen at its end. */
  endSeen = -1;

  get length(): number {
    return this.entries.length - this.first;
  }

  head(): Entry<T> | undefined {
    return this.entries[this.first];
  }

  push(record: T, round: number, cameAt: number): void {
    this.entries.push({ record, round, cameAt });
  }

  shift(): void {
    this.first++;
    // Moved down now and then rather than at every record.
    if (this.first > 1024 && this.first * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.first);
      this.first = 0;
    }
  }
}

export class Merge<T extends Timed> {
  private readonly inputs: Input<T>[];
  /** Number of the fetch that went out last. */
  round = 0;
  private readonly slack: () => number;
  private readonly wait: MergeWait;

  /**
   * @param count number of inputs; of equal times the lower input goes first
   * @param slack rounds by which an end must be newer than the head, as of now: 1 if fetches of
   * several brokers overlap, else 0
   * @param wait how long an input at its end holds back the others
   */
  constructor(count: number, slack: number | (() => number) = 0, wait = noWait) {
    this.slack = typeof slack === 'number' ? () => slack : slack;
    this.wait = wait;
    this.inputs = Array.from({ length: count }, () => new Input<T>());
  }

  /** Number of records of an input that are held. */
  held(input: number): number {
    return this.inputs[input]!.length;
  }

  /**
   * Records arrived; `atEnd` when they reach the end the input had when the broker answered.
   * @param asked the round in which they were asked for
   */
  offer(input: number, records: readonly T[], atEnd: boolean, asked = this.round): void {
    const to = this.inputs[input]!;
    const cameAt = this.wait.now();
    for (const record of records) to.push(record, this.round, cameAt);
    if (atEnd) this.seenEnd(input, asked);
  }

  /** An input was seen at its end, by a fetch that went out in the round `asked`. */
  seenEnd(input: number, asked = this.round): void {
    this.inputs[input]!.endSeen = asked;
  }

  /** A fetch goes out, the next round begins. @returns its number, to be named with what it brings */
  nextRound(): number {
    return ++this.round;
  }

  /**
   * Clock time from which the earliest record need not wait for other inputs, ms; 0 if none waits.
   */
  get waitMs(): number {
    const head = this.inputs[this.earliest()]?.head();
    return head && this.inputs.some(({ length }) => length === 0) ? this.waits(head) : 0;
  }

  private waits({ cameAt }: Entry<T>): number {
    const { ms, now } = this.wait;
    return ms === 0 ? 0 : Math.max(0, cameAt + ms - now());
  }

  /** The next record in order of time, if it is certain which one that is. */
  next(): { input: number; record: T } | undefined {
    const next = this.peek();
    if (next) this.drop(next.input);
    return next;
  }

  /** What `next` would give; it stays. */
  peek(): { input: number; record: T } | undefined {
    const best = this.earliest();
    const head = this.inputs[best]?.head();
    if (!head) return undefined;
    for (const input of this.inputs) {
      if (input.length > 0) continue;
      if (input.endSeen < head.round + this.slack() || this.waits(head) > 0) return undefined;
    }
    return { input: best, record: head.record };
  }

  /** The earliest record that is held, though an earlier one may still come. */
  head(): { input: number; record: T } | undefined {
    const input = this.earliest();
    const head = this.inputs[input]?.head();
    return head && { input, record: head.record };
  }

  /** Lets go of the first record of an input. */
  drop(input: number): void {
    this.inputs[input]!.shift();
  }

  /** The input with the earliest head, the first of equal ones; −1 if no record is held. */
  private earliest(): number {
    let best = -1;
    let head: Entry<T> | undefined;
    for (let i = 0; i < this.inputs.length; i++) {
      const entry = this.inputs[i]!.head();
      if (entry && (!head || entry.record.at < head.record.at)) {
        head = entry;
        best = i;
      }
    }
    return best;
  }
}
