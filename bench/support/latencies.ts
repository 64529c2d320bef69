// How long it takes until what comes of an event can be read: bookkeeping of what was sent and seen.
import type { BenchClick, BenchExample, BenchImpression, BenchUser } from '../attribute/topics.ts';

interface Shown {
  readonly impressionId: string;
  readonly closesAt: number;
}

export class Latencies {
  /** From the moment stream time closed a window until its example could be read, ms. */
  examples: number[] = [];
  /** From a click until the state that counts it could be read, ms. */
  users: number[] = [];
  private readonly windowMs: number;
  /** By partition, slates whose windows are open, in order of time. */
  private readonly open: Shown[][];
  /** When stream time closed the window of an impression whose example has not been read yet. */
  private readonly closedAt = new Map<string, number>();
  /** Clicks of each user so far, and the times of those that no state read so far counts. */
  private readonly clicks = new Map<string, { count: number; waiting: number[] }>();
  private readonly follows: (userId: string) => boolean;

  /** @param follows users to follow: reading every record would take the cores from what is measured */
  constructor(partitions: number, windowMs: number, follows: (userId: string) => boolean) {
    this.windowMs = windowMs;
    this.follows = follows;
    this.open = Array.from({ length: partitions }, () => []);
  }

  /** An impression came to be at its time; times of a partition do not go back. */
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

  /** A committed example was read. */
  exampleRead({ impressionId }: BenchExample, now: number): void {
    const closedAt = this.closedAt.get(impressionId);
    if (closedAt === undefined) return;
    this.closedAt.delete(impressionId);
    this.examples.push(now - closedAt);
  }

  /** A committed state of a user was read: it counts the first `clicks` of the user's clicks. */
  userRead(userId: string, { clicks }: BenchUser, now: number): void {
    const user = this.clicks.get(userId);
    if (!user) return;
    const counted = user.waiting.length - (user.count - clicks);
    for (const at of user.waiting.splice(0, Math.max(0, counted))) this.users.push(now - at);
  }

  /** Closed windows and clicks of which nothing has been read yet. */
  get missing(): { examples: number; users: number } {
    const waiting = [...this.clicks.values()].map((user) => user.waiting.length);
    return { examples: this.closedAt.size, users: waiting.reduce((sum, one) => sum + one, 0) };
  }

  /** The event that moves stream time past the end of a window closes it. */
  private timeMoved(partition: number, at: number): void {
    const open = this.open[partition]!;
    let closed = 0;
    for (; closed < open.length && open[closed]!.closesAt <= at; closed++) {
      this.closedAt.set(open[closed]!.impressionId, at);
    }
    open.splice(0, closed);
  }
}
