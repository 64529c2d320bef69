// Threads of this process that are asked questions and answer them: for work that one core cannot do.
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type ErrorParts, MillraceError } from '../schemas/errors.ts';

interface Question {
  readonly id: number;
  readonly ask: string;
  readonly about: unknown;
}

type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure };

/**
 * An error in the form in which it crosses to another thread, which would drop its class and
 * fields.
 */
type Failure =
  | { readonly stack: string; readonly message: string }
  | Pick<ErrorParts, 'code' | 'what' | 'why' | 'todo' | 'remedy'>;

/** A thread, as the one that started it sees it. */
export class Thread implements AsyncDisposable {
  /** Rejects if the thread ends before it is told to. */
  readonly failed: Promise<never>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>();
  private asked = 0;
  private ending = false;

  /** @param told plain data that the thread finds in `toldToThread()` */
  constructor(script: URL, told: unknown) {
    this.worker = new Worker(script, { workerData: told });
    const failed = Promise.withResolvers<never>();
    this.failed = failed.promise;
    this.failed.catch(() => {});
    const fail = (error: unknown) => {
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
      if (!this.ending) failed.reject(error);
    };
    this.worker.on('error', fail);
    this.worker.on('exit', (code) => fail(new Error(`A thread ended with code ${code}.`)));
    this.worker.on('message', (answer: Answer) => {
      if ('failure' in answer && answer.id < 0) return fail(revived(answer.failure));
      const waiting = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if ('failure' in answer) waiting?.reject(revived(answer.failure));
      else waiting?.resolve(answer.value);
    });
  }

  /** Asks the thread. @returns plain data, as the thread's function of that name returned it */
  ask<T>(ask: string, about?: unknown): Promise<T> {
    const id = this.asked++;
    const waiting = Promise.withResolvers<unknown>();
    this.waiting.set(id, waiting);
    this.worker.postMessage({ id, ask, about } satisfies Question);
    return waiting.promise as Promise<T>;
  }

  /** Ends the thread at once; if it has something to put in order, ask it to stop first. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.ending = true;
    await this.worker.terminate();
  }
}

/** What this thread was told at its start. */
export const toldToThread = (): unknown => workerData;

/** Answers questions in a thread, by name. Questions do not wait for one another. */
export function answerQuestions(
  answers: Readonly<Record<string, (about: never) => unknown>>,
): void {
  parentPort?.on('message', async ({ id, ask, about }: Question) => {
    try {
      parentPort?.postMessage({ id, value: await answers[ask]!(about as never) });
    } catch (error) {
      parentPort?.postMessage({ id, failure: packed(error) } satisfies Answer);
    }
  });
}

/** Tells, in a thread, whoever started it that it cannot go on. */
export function failThread(error: unknown): void {
  parentPort?.postMessage({ id: -1, failure: packed(error) } satisfies Answer);
}

function packed(error: unknown): Failure {
  if (error instanceof MillraceError) {
    const { code, remedy, why, todo } = error;
    const [what = ''] = error.message.split('\n  ', 1);
    return { code, remedy, what, ...(why ? { why } : {}), ...(todo ? { todo } : {}) };
  }
  const { message = String(error), stack = message } = error as Partial<Error>;
  return { message, stack };
}

function revived(failure: Failure): Error {
  if ('code' in failure) return new MillraceError(failure);
  return Object.assign(new Error(failure.message), { stack: failure.stack });
}
