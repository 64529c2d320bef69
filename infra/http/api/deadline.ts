// Waits no longer than whoever asks.
import { MillraceError } from '../../../schemas/errors.ts';
import type { Call } from './ports.ts';

/**
 * What the promise gives, unless the call ends before.
 * @throws MillraceError `deadline-passed`
 */
export async function within<T>({ signal }: Pick<Call, 'signal'>, promise: Promise<T>): Promise<T> {
  promise.catch(() => {}); // it may fail when nobody waits any more
  signal.throwIfAborted();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** A call that ends after a time, or when it is ended. @param ms time, ms */
export function callFor(
  ms: number,
): Call & { readonly end: (reason: unknown) => void } & Disposable {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(deadlinePassed(ms)), ms);
  return {
    deadline: performance.now() + ms,
    signal: controller.signal,
    end: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

function deadlinePassed(ms: number): MillraceError {
  return new MillraceError({
    code: 'deadline-passed',
    what: `There was no answer within ${ms} ms.`,
    why: 'The broker or the member that has the user is slow, or is being moved. What was asked may still be carried out.',
    todo: 'Ask again with the same Idempotency-Key: what was done is not done twice.',
    remedy: 'retry',
  });
}
