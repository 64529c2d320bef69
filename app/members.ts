// The members of a process, one a thread, as one: started, watched, asked and ended together.
import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import type { Operations } from '../infra/http/operations.ts';
import type { Readiness } from '../infra/metrics/task-board.ts';
import { ownModule } from '../infra/own-file.ts';
import { Thread } from '../infra/threads.ts';
import type { Config } from './config/read.ts';
import type { Progress } from './counters.ts';
import type { Member } from './member.ts';
import type { Addresses } from './streams.ts';

/** What a thread of app/member-thread.ts is told. */
export interface ThreadTold {
  readonly config: Config;
  readonly addresses: Addresses;
  /** Names of the stages that run in the thread. */
  readonly stages: readonly string[];
  /** Path of a topology file; undefined if there is none. */
  readonly topology: string | undefined;
  readonly instanceId: string | undefined;
  readonly thread: number;
}

type Metrics = MetricObjectWithValues<MetricValue<string>>[];

/**
 * Threads that all run the same stages. Each is a member of the groups, like a process of its own.
 */
export class MemberThreads implements AsyncDisposable {
  /** Rejects when one of the threads fails. */
  readonly failed: Promise<never>;
  private readonly threads: readonly Thread[];
  private address: string | undefined;

  constructor(count: number, told: Omit<ThreadTold, 'thread'>) {
    const { instanceId } = told;
    this.threads = Array.from({ length: count }, (_, thread) => {
      const own = { thread, instanceId: instanceId && `${instanceId}-${thread}` };
      const script = ownModule(new URL('./member-thread.ts', import.meta.url));
      return new Thread(script, { ...told, ...own } satisfies ThreadTold);
    });
    this.failed = Promise.race(this.threads.map(({ failed }) => failed));
    this.failed.catch(() => {});
  }

  async start(): Promise<void> {
    await this.all('start', this.address);
  }

  /** Number of threads. */
  get count(): number {
    return this.threads.length;
  }

  /** Tells the members, when they start, the address at which this process can be asked. */
  advertise(address: string): void {
    this.address = address;
  }

  /** Asks one thread. @param thread from 0 */
  ask<T>(thread: number, question: string, about: unknown): Promise<T> {
    return this.threads[thread]!.ask<T>(question, about);
  }

  readiness(): Promise<Readiness[]> {
    return this.all('readiness');
  }

  /** The progress of each stage, summed over the threads. */
  async progress(): Promise<Progress[]> {
    const sums = new Map<string, Progress>();
    for (const own of (await this.all<Progress[]>('progress')).flat()) {
      const sum = sums.get(own.name) ?? { ...own, processed: 0, commits: 0, lag: 0 };
      sums.set(own.name, {
        name: own.name,
        processed: sum.processed + own.processed,
        commits: sum.commits + own.commits,
        lag: sum.lag + own.lag,
      });
    }
    return [...sums.values()];
  }

  metrics(): Promise<Metrics[]> {
    return this.all('metrics');
  }

  /** Lets every task commit what it holds, then leaves the groups. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.threads.map((thread) => thread.ask('stop')));
    await Promise.all(this.threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  private all<T>(question: string, about?: unknown): Promise<T[]> {
    return Promise.all(this.threads.map((thread) => thread.ask<T>(question, about)));
  }
}

/** The operations of the process: its own series, and those of its threads, summed. */
export function operationsOf(
  { metrics: { registry, tasks } }: Member,
  threads: MemberThreads | undefined,
): Operations {
  if (!threads) return { registry, readiness: () => tasks.readiness() };
  return {
    registry: {
      contentType: registry.contentType,
      async metrics() {
        const parts = [await registry.getMetricsAsJSON(), ...(await threads.metrics())];
        return AggregatorRegistry.aggregate(parts).metrics();
      },
    },
    async readiness() {
      const all = [tasks.readiness(), ...(await threads.readiness())];
      const reasons = [...new Set(all.flatMap((one) => one.reasons))];
      return { ready: all.every(({ ready }) => ready), reasons };
    },
  };
}
