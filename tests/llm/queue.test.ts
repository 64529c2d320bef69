// The queue before the language model, on a clock and a model that the test moves.
import { describe, expect, it } from '@jest/globals';
import { type Budget, EnricherQueue, type JobResult } from '../../streams/enrichers/queue.ts';

/** Lets every promise that can settle do so; no time passes. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A clock with waits, and a worker whose jobs end when the test says so. */
function stage(options: { capacity?: number; budget?: Budget<string> } = {}) {
  let time = 0;
  const waits: { at: number; resolve: () => void }[] = [];
  const running: { job: string; end: (error?: Error) => void }[] = [];
  const started: string[] = [];
  const queue = new EnricherQueue<string, string>({
    capacity: options.capacity ?? 10,
    budget: options.budget ?? { share: 1 },
    now: () => time,
    wait: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        waits.push({ at: time + ms, resolve });
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
    work: (job) =>
      new Promise<string>((resolve, reject) => {
        started.push(job);
        running.push({ job, end: (error) => (error ? reject(error) : resolve(job.toUpperCase())) });
      }),
  });
  return {
    queue,
    started,
    async advance(ms: number) {
      time += ms;
      for (const wait of waits.filter(({ at }) => at <= time)) wait.resolve();
      await settle();
    },
    /** Ends the running job `ms` from now. */
    async end(ms: number, error?: Error) {
      time += ms;
      running.shift()?.end(error);
      await settle();
    },
  };
}

const value = (result: string): JobResult<string> => ({ shed: false, value: result });
const shed = (reason: string) => ({ shed: true, reason });

describe('EnricherQueue', () => {
  it('runs the most wanted first and equals in order of arrival', async () => {
    const { queue, started, end } = stage();
    for (const [job, priority] of [
      ['a', 5],
      ['b', 2],
      ['c', 9],
      ['d', 2],
    ] as const) {
      void queue.submit(job, job, { priority });
    }
    for (let i = 0; i < 4; i++) await end(10);
    // `a` was alone when it came and started at once.
    expect(started).toEqual(['a', 'b', 'd', 'c']);
    expect(queue.metrics).toMatchObject({ queued: 0, done: 4, shed: 0, busyMs: 40 });
  });

  it('follows a change of mind', async () => {
    const { queue, started, end } = stage();
    for (const job of ['a', 'b', 'c']) void queue.submit(job, job, { priority: 5 });
    expect(queue.reprioritise('c', 1)).toBe(true);
    expect(queue.reprioritise('a', 1)).toBe(false); // running
    for (let i = 0; i < 3; i++) await end(1);
    expect(started).toEqual(['a', 'c', 'b']);
  });

  it('shares one result among equal keys and keeps the more pressing wish', async () => {
    const { queue, started, end } = stage();
    const running = queue.submit('a', 'a', { priority: 1 });
    expect(queue.submit('a', 'a', { priority: 1 })).toBe(running);
    void queue.submit('b', 'b', { priority: 3 });
    const first = queue.submit('c', 'c', { priority: 5, deadlineMs: 5 });
    expect(queue.submit('c', 'c', { priority: 2, deadlineMs: 50 })).toBe(first);
    for (let i = 0; i < 3; i++) await end(10);
    expect(started).toEqual(['a', 'c', 'b']);
    expect(await first).toEqual(value('C'));
  });

  it('sheds a job whose deadline has passed before it could start', async () => {
    const { queue, started, end } = stage();
    void queue.submit('a', 'a', { priority: 1 });
    const late = queue.submit('b', 'b', { priority: 1, deadlineMs: 99 });
    const justInTime = queue.submit('c', 'c', { priority: 2, deadlineMs: 100 });
    await end(100);
    await end(1);
    expect(await late).toEqual(shed('deadline'));
    expect(await justInTime).toEqual(value('C'));
    expect(started).toEqual(['a', 'c']);
  });

  it('drops the least wanted when full, the newest among equals', async () => {
    const { queue, end } = stage({ capacity: 2 });
    void queue.submit('run', 'run', { priority: 0 });
    const a = queue.submit('a', 'a', { priority: 5 });
    const b = queue.submit('b', 'b', { priority: 5 });
    const c = queue.submit('c', 'c', { priority: 1 });
    expect(await b).toEqual(shed('full'));
    const d = queue.submit('d', 'd', { priority: 7 });
    expect(await d).toEqual(shed('full'));
    for (let i = 0; i < 3; i++) await end(1);
    expect(await Promise.all([a, c])).toEqual([value('A'), value('C')]);
  });

  it('keeps to its share of the time, and chooses after the pause', async () => {
    const { queue, started, advance, end } = stage({ budget: { share: 0.25 } });
    void queue.submit('a', 'a', { priority: 5 });
    void queue.submit('b', 'b', { priority: 5 });
    await end(100); // a quarter of 400 ms: the next may start at 400
    await advance(299);
    expect(started).toEqual(['a']);
    void queue.submit('c', 'c', { priority: 1 });
    await advance(1);
    expect(started).toEqual(['a', 'c']);
  });

  it('keeps to a rate of tokens', async () => {
    const budget = { unitsPerSecond: 100, cost: (job: string) => job.length };
    const { queue, started, advance, end } = stage({ budget });
    void queue.submit('1', 'x'.repeat(20), { priority: 1 }); // 20 tokens at 100 a second: 200 ms
    void queue.submit('2', 'y', { priority: 1 });
    await end(50);
    await advance(149);
    expect(started).toHaveLength(1);
    await advance(1);
    expect(started).toHaveLength(2);
  });

  it('resolves a job that fails, and goes on', async () => {
    const { queue, end } = stage();
    const bad = queue.submit('a', 'a', { priority: 1 });
    const good = queue.submit('b', 'b', { priority: 1 });
    const error = new Error('no');
    await end(3, error);
    await end(4);
    expect(await bad).toEqual({ shed: true, reason: 'failed', error });
    expect(await good).toEqual(value('B'));
    expect(queue.metrics).toMatchObject({ done: 1, shed: 1, busyMs: 7 });
  });

  it('closes at once in a pause, and lets a running job end', async () => {
    const paused = stage({ budget: { share: 0.01 } });
    void paused.queue.submit('a', 'a', { priority: 1 });
    const b = paused.queue.submit('b', 'b', { priority: 1 });
    await paused.end(100);
    await paused.queue[Symbol.asyncDispose]();
    expect(await b).toEqual(shed('closed'));
    expect(await paused.queue.submit('c', 'c', { priority: 1 })).toEqual(shed('closed'));

    const busy = stage();
    const a = busy.queue.submit('a', 'a', { priority: 1 });
    const closing = busy.queue[Symbol.asyncDispose]();
    await busy.end(1);
    await closing;
    expect(await a).toEqual(value('A'));
  });

  it('loses nothing: every job resolves, and the counts add up', async () => {
    const { queue, end, advance } = stage({ capacity: 5, budget: { share: 0.5 } });
    const results: Promise<JobResult<string>>[] = [];
    for (let i = 0; i < 200; i++) {
      const deadlineMs = (i * 37) % 90;
      results.push(queue.submit(`k${i}`, `j${i}`, { priority: (i * 13) % 7, deadlineMs }));
      if (i % 3 === 0) await end(10, i % 9 === 0 ? new Error('x') : undefined);
      if (i % 4 === 0) await advance(15);
    }
    const closing = queue[Symbol.asyncDispose]();
    await end(1);
    await closing;
    const all = await Promise.all(results);
    const { queued, done, shed: lost, reasons } = queue.metrics;
    expect(all.filter((result) => !result.shed)).toHaveLength(done);
    expect(all.filter((result) => result.shed)).toHaveLength(lost);
    expect([queued, done + lost]).toEqual([0, 200]);
    for (const reason of ['deadline', 'full', 'closed', 'failed'] as const) {
      expect(reasons[reason]).toBeGreaterThan(0);
    }
  });

  it('refuses a budget that cannot be kept', () => {
    for (const budget of [{ share: 0 }, { share: 1.5 }, { unitsPerSecond: -1, cost: () => 1 }]) {
      expect(() => stage({ budget })).toThrow(expect.objectContaining({ code: 'budget-invalid' }));
    }
  });
});
