// Keeps the states of this process's tasks, and why the process is not ready.
import type { TaskState } from '../kafka/instruments.ts';

export interface Readiness {
  readonly ready: boolean;
  /** What the process waits for, for people; empty if it is ready. */
  readonly reasons: readonly string[];
}

interface Seat {
  readonly stage: string;
  readonly partition: number;
  state: TaskState;
  done: number;
  total: number;
}

export class TaskBoard {
  private readonly stages: readonly string[];
  private readonly seats = new Map<string, Seat>();
  /** Stages that have heard from their group, even if it gave them no partition. */
  private readonly joined = new Set<string>();
  private phase: 'starting' | 'running' | 'ending' = 'starting';

  constructor(stages: readonly string[]) {
    this.stages = stages;
  }

  /**
   * Notes that the tables hold what their topics held at the start, and that every part has begun.
   */
  begun(): void {
    this.phase = 'running';
  }

  /** Notes that the process was told to stop. */
  ending(): void {
    this.phase = 'ending';
  }

  state(stage: string, partition: number, state: TaskState): void {
    this.joined.add(stage);
    if (state === 'closed') this.seats.delete(`${stage}/${partition}`);
    else this.seat(stage, partition).state = state;
  }

  restoring(stage: string, partition: number, done: number, total: number): void {
    const seat = this.seat(stage, partition);
    seat.done = done;
    seat.total = total;
  }

  /**
   * Notes what the group has given a stage.
   * @returns partitions of failed tasks, which are another's now or begin anew
   */
  assigned(stage: string): number[] {
    this.joined.add(stage);
    const failed = [...this.seats.values()].filter(
      (seat) => seat.stage === stage && seat.state === 'failed',
    );
    for (const { partition } of failed) this.seats.delete(`${stage}/${partition}`);
    return failed.map(({ partition }) => partition);
  }

  /** Notes that a stage's run has ended; the next one joins the group anew. */
  restarted(stage: string): void {
    this.joined.delete(stage);
  }

  /**
   * Whether the process is ready: its tables are read, and every task that the groups gave it runs.
   */
  readiness(): Readiness {
    if (this.phase === 'ending') return { ready: false, reasons: ['it is about to end'] };
    const reasons = this.phase === 'running' ? [] : ['the tables are not read to their ends yet'];
    for (const stage of this.stages) {
      if (!this.joined.has(stage)) reasons.push(`${stage} waits for its group`);
    }
    for (const { stage, partition, state, done, total } of this.seats.values()) {
      // A failure ends the life of its stage, which then waits for its group; a task that was fenced on
      // being handed over has failed in good order.
      if (state !== 'restoring') continue;
      const progress = total > 0 ? `: ${done} of ${total} records` : '';
      reasons.push(`${stage}, partition ${partition}, is restoring${progress}`);
    }
    return { ready: reasons.length === 0, reasons };
  }

  private seat(stage: string, partition: number): Seat {
    const key = `${stage}/${partition}`;
    const seat = this.seats.get(key) ?? { stage, partition, state: 'restoring', done: 0, total: 0 };
    this.seats.set(key, seat);
    return seat;
  }
}
