// How long it takes until what comes of an event can be read: bookkeeping of what was sent and seen.
import type { BenchClick, BenchExample, BenchImpression, BenchUser } from '../attribute/topics.ts';

interface Shown {
  readonly impressionId: string;
  readonly closesAt: number;
}

export class Latencies {
  /** Times from the moment stream time closed a window until its example could be read, ms. */
  examples: number[] = [];
  /** Times from a click until the user state that counts it could be read, ms. */
  users: number[] = [];
  private readonly windowMs: number;
  /** By partition, the slates whose windows are open, in order of time. */
  private readonly open: Shown[][];
  /**
   * Time at which stream time closed the window of an impression, for those whose example has not
   * been read, ms.
   */
  private readonly closedAt = new Map<string, number>();
  /**
   * Number of clicks of each user so far, and the times of those that no state read so far counts.
   */
  private readonly clicks = new Map<string, { count: number; waiting: number[] }>();
  private readonly follows: (userId: string) => boolean;

  /**
   * @param follows which users to follow: reading every record would take the cores from what is
   * measured
   */
  constructor(partitions: number, windowMs: number, follows: (userId: string) => boolean) {
    this.windowMs = windowMs;
    this.follows = follows;
    this.open = Array.from({ length: partitions }, () => []);
  }

  /** Notes an impression, at its time; times of a partition must not go back. */
  shown({ impressionId, userId, at }: BenchImpression, partition: number): void {
    this.timeMoved(partition, at);
    if (!this.follows(userId)) return;
    this.open[partition]!.push({ impressionId, closesAt: at + this.windowMs });
  }

  clicked({ userId, at }: BenchClick, partition: number): void {
    this.timeMoved(partition, at);
    if (!this.follows(userId)) return;
    const user = this.clicks.get(userId) ?? { count: 0, waiting: [] };
    user.count++;
    user.waiting.push(at);
    this.clicks.set(userId, user);
  }

  /** Notes that a committed example was read. */
  exampleRead({ impressionId }: BenchExample, now: number): void {
    const closedAt = this.closedAt.get(impressionId);
    if (closedAt === undefined) return;
    this.closedAt.delete(impressionId);
    this.examples.push(now - closedAt);
  }

  /**
   * Notes that a committed state of a user was read, which counts the user's first `clicks` clicks.
   */
  userRead(userId: string, { clicks }: BenchUser, now: number): void {
    const user = this.clicks.get(userId);
    if (!user) return;
    const counted = user.waiting.length - (user.count - clicks);
    for (const at of user.waiting.splice(0, Math.max(0, counted))) this.users.push(now - at);
  }

  /** Number of closed windows, and of clicks, of which no result has been read yet. */
  get missing(): { examples: number; users: number } {
    const waiting = [...this.clicks.values()].map((user) => user.waiting.length);
    return { examples: this.closedAt.size, users: waiting.reduce((sum, one) => sum + one, 0) };
  }

  /** Closes the windows whose end stream time has passed. */
  private timeMoved(partition: number, at: number): void {
    const open = this.open[partition]!;
    let closed = 0;
    for (; closed < open.length && open[closed]!.closesAt <= at; closed++) {
      this.closedAt.set(open[closed]!.impressionId, at);
    }
    open.splice(0, closed);
  }
}
