// The one queue in front of the language model: most wanted first, within a budget, never forever.
//
// fastq runs one job at a time in the order of arrival; priorities are ours. So what goes into fastq
// is a ticket, "one job is due", and the job is chosen when the ticket's turn has come.
import fastq from 'fastq';
import { MillraceError } from '../../schemas/errors.ts';

export type ShedReason = 'deadline' | 'full' | 'closed' | 'failed';

/** Every submitted job resolves to one of these; the promise never rejects. */
export type JobResult<R> =
  | { shed: false; value: R }
  | { shed: true; reason: ShedReason; error?: unknown };

export interface JobOptions {
  /** Priority of the job: the lowest number is done first, equal ones in the order of arrival. */
  priority: number;
  /**
   * Time from submission within which the job must start, ms. A late job is shed when the queue
   * next moves, so its promise may resolve somewhat after the deadline.
   * @default no deadline
   */
  deadlineMs?: number;
}

/**
 * Limit on the work: `share` of wall time, above 0 and at most 1; or `unitsPerSecond` of what
 * `cost` counts, such as tokens.
 */
export type Budget<J> = { share: number } | { unitsPerSecond: number; cost: (job: J) => number };

export interface QueueOptions<J, R> {
  work: (job: J) => Promise<R>;
  /** Largest number of waiting jobs; when it is exceeded, the least wanted job is shed. */
  capacity: number;
  budget: Budget<J>;
  /** Milliseconds of a clock that does not go back. */
  now: () => number;
  /** Resolves after `ms`, or at once when the signal aborts (resolving or rejecting). */
  wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface QueueMetrics {
  /** Number of jobs that wait now. */
  queued: number;
  /** Number of jobs that ended with a value. */
  done: number;
  /** Number of jobs that ended without a value; the counts by reason sum up to it. */
  shed: number;
  reasons: Readonly<Record<ShedReason, number>>;
  /** Time spent in `work`, ms. */
  busyMs: number;
}

interface Waiting<J, R> {
  key: string;
  job: J;
  priority: number;
  /** Time after which the job may not start, ms. */
  latest: number;
  result: Promise<JobResult<R>>;
  resolve: (result: JobResult<R>) => void;
}

export class EnricherQueue<J, R> implements AsyncDisposable {
  readonly #options: QueueOptions<J, R>;
  /** Waiting jobs by key, in the order of arrival. */
  readonly #waiting = new Map<string, Waiting<J, R>>();
  readonly #tickets: fastq.queueAsPromised<void, void>;
  readonly #closing = new AbortController();
  readonly #reasons: Record<ShedReason, number> = { deadline: 0, full: 0, closed: 0, failed: 0 };
  #running: Waiting<J, R> | undefined;
  #done = 0;
  #busyMs = 0;
  /** Time before which the budget allows no start, ms. */
  #nextStart = Number.NEGATIVE_INFINITY;

  /** @throws MillraceError `budget-invalid` */
  constructor(options: QueueOptions<J, R>) {
    checkBudget(options.budget);
    this.#options = options;
    this.#tickets = fastq.promise(() => this.#serve(), 1);
  }

  get metrics(): QueueMetrics {
    const reasons = { ...this.#reasons };
    const shed = Object.values(reasons).reduce((sum, count) => sum + count, 0);
    return { queued: this.#waiting.size, done: this.#done, shed, reasons, busyMs: this.#busyMs };
  }

  /**
   * Submits a job. A key that waits or runs already shares its result, since the same content is
   * the same work; while it waits, the lower priority number and the later deadline hold.
   */
  submit(key: string, job: J, options: JobOptions): Promise<JobResult<R>> {
    const latest = this.#options.now() + (options.deadlineMs ?? Number.POSITIVE_INFINITY);
    if (this.#closing.signal.aborted) return Promise.resolve(this.#shed('closed'));
    if (this.#running?.key === key) return this.#running.result;
    const same = this.#waiting.get(key);
    if (same !== undefined) {
      same.priority = Math.min(same.priority, options.priority);
      same.latest = Math.max(same.latest, latest);
      return same.result;
    }
    const { promise, resolve } = Promise.withResolvers<JobResult<R>>();
    const entry = { key, job, priority: options.priority, latest, result: promise, resolve };
    this.#waiting.set(key, entry);
    if (this.#waiting.size > this.#options.capacity) {
      this.#shedLate();
      // Of equally unwanted jobs the newest goes, which may be this one.
      if (this.#waiting.size > this.#options.capacity) this.#drop(this.#leastWanted(), 'full');
    }
    // One ticket for each waiting job is enough; dropped jobs leave theirs to later ones.
    if (this.#tickets.length() < this.#waiting.size) void this.#tickets.push();
    return promise;
  }

  /** Resolves after `ms` by the clock of the queue, or at once when the signal aborts; never rejects. */
  async wait(ms: number, signal: AbortSignal): Promise<undefined> {
    await this.#options.wait(ms, signal).catch(() => undefined);
  }

  /** Changes the priority of a waiting job. @returns whether a job with the key waits */
  reprioritise(key: string, priority: number): boolean {
    const entry = this.#waiting.get(key);
    if (entry === undefined) return false;
    entry.priority = priority;
    return true;
  }

  /** Sheds what waits and lets the running job end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    for (const entry of [...this.#waiting.values()]) this.#drop(entry, 'closed');
    await this.#tickets.drained();
  }

  async #serve(): Promise<void> {
    this.#shedLate();
    if (this.#waiting.size === 0) return;
    const pause = this.#nextStart - this.#options.now();
    // Closing ends the pause, and has shed the jobs by then.
    if (pause > 0) await this.wait(pause, this.#closing.signal);
    // Chosen after the pause: wishes change while the budget is awaited.
    this.#shedLate();
    const entry = this.#mostWanted();
    if (entry === undefined) return;
    this.#waiting.delete(entry.key);
    this.#running = entry;
    const from = this.#options.now();
    try {
      const value = await this.#options.work(entry.job);
      this.#done++;
      entry.resolve({ shed: false, value });
    } catch (error) {
      entry.resolve(this.#shed('failed', error));
    } finally {
      this.#running = undefined;
      this.#pay(entry.job, from, this.#options.now());
    }
  }

  /** Delays the next start to make up for what a job has used; unused time is not saved up. */
  #pay(job: J, from: number, to: number): void {
    const { budget } = this.#options;
    this.#busyMs += to - from;
    this.#nextStart =
      'share' in budget
        ? to + (to - from) * (1 / budget.share - 1)
        : from + (1000 * budget.cost(job)) / budget.unitsPerSecond;
  }

  #mostWanted(): Waiting<J, R> | undefined {
    let best: Waiting<J, R> | undefined;
    for (const entry of this.#waiting.values()) {
      if (best === undefined || entry.priority < best.priority) best = entry;
    }
    return best;
  }

  #leastWanted(): Waiting<J, R> {
    let worst: Waiting<J, R> | undefined;
    for (const entry of this.#waiting.values()) {
      if (worst === undefined || entry.priority >= worst.priority) worst = entry;
    }
    return worst as Waiting<J, R>;
  }

  #shedLate(): void {
    const now = this.#options.now();
    for (const entry of [...this.#waiting.values()]) {
      if (entry.latest < now) this.#drop(entry, 'deadline');
    }
  }

  #drop(entry: Waiting<J, R>, reason: ShedReason): void {
    this.#waiting.delete(entry.key);
    entry.resolve(this.#shed(reason));
  }

  #shed(reason: ShedReason, error?: unknown): JobResult<R> {
    this.#reasons[reason]++;
    return error === undefined ? { shed: true, reason } : { shed: true, reason, error };
  }
}

function checkBudget(budget: { share: number } | { unitsPerSecond: number }): void {
  const amount = 'share' in budget ? budget.share : budget.unitsPerSecond;
  if (amount > 0 && (amount <= 1 || !('share' in budget))) return;
  throw new MillraceError({
    code: 'budget-invalid',
    what: `A budget of ${amount} cannot be kept.`,
    why: 'A share of wall time lies above 0 and up to 1; a rate lies above 0.',
    todo: 'Correct the budget, or leave the enricher out.',
  });
}
