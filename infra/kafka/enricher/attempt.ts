// Does what may take long or fail, for one event: again after pauses that grow, for a bounded time, and
// with a sign of life to the group meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../../../schemas/errors.ts';
import { isClientError } from '../broker-errors.ts';
import { type ErrorPolicy, pauseAfter } from '../errors-policy.ts';

export interface AttemptOptions {
  readonly policy: ErrorPolicy;
  /** Name of the enricher and of the event, for errors. */
  readonly what: string;
  /** Called a few times a second while the work goes on. If it throws, the work is interrupted. */
  readonly beat: () => Promise<void>;
  /** Interrupts the work when it aborts. */
  readonly signal: AbortSignal;
  /** Called when a try has failed; the next comes after `pause` ms. */
  readonly onFailed: (error: unknown, failures: number, pause: number) => void;
}

/** The work was given up because of its surroundings, which `cause` names. */
export class Interrupted extends Error {
  constructor(cause: unknown) {
    super('The work was interrupted.', { cause });
  }
}

const beatEveryMs = 200;

/**
 * @returns nothing once it is done; the error for which its event is to be skipped
 * @throws Interrupted; the error that halts
 */
export async function attempt(
  work: () => Promise<void>,
  options: AttemptOptions,
): Promise<{ readonly skipped: unknown } | undefined> {
  const { policy, onFailed, signal } = options;
  for (let failures = 1; ; failures++) {
    try {
      await beating(work(), options, policy.stuckAfterMs);
      return undefined;
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const verdict = verdictOn(error, failures, policy);
      if (verdict === 'halt') throw error;
      if (verdict === 'skip') return { skipped: error };
      const pause = pauseAfter(failures, policy);
      onFailed(error, failures, pause);
      const over = sleep(pause, undefined, { signal }).catch((cause: unknown) => {
        throw new Interrupted(cause);
      });
      await beating(over, options);
    }
  }
}

function verdictOn(
  error: unknown,
  failures: number,
  policy: ErrorPolicy,
): 'again' | 'skip' | 'halt' {
  const remedy = error instanceof MillraceError ? error.remedy : undefined;
  if (remedy === 'skip' || remedy === 'halt') return remedy;
  if (failures <= policy.retries) return 'again';
  // That a broker or the registry is away is not the fault of the event.
  const ofOthers = isClientError(error) || (remedy === 'retry' && !(error instanceof Stuck));
  return ofOthers ? 'halt' : policy.poison;
}

class Stuck extends MillraceError {}

/**
 * Runs the work with signs of life until it ends, lasts too long or is interrupted. Work that is
 * left behind may end as it likes.
 */
async function beating(
  work: Promise<void>,
  { what, beat, signal }: AttemptOptions,
  mostMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const begun = performance.now();
  const { promise: cut, reject } = Promise.withResolvers<never>();
  const timer = setInterval(() => {
    if (signal.aborted) reject(new Interrupted(signal.reason));
    else if (performance.now() - begun >= mostMs) reject(stuck(what, mostMs));
    else beat().catch((cause: unknown) => reject(new Interrupted(cause)));
  }, beatEveryMs);
  try {
    await Promise.race([work, cut]);
  } finally {
    clearInterval(timer);
  }
}

function stuck(what: string, ms: number): Stuck {
  return new Stuck({
    code: 'task-stuck',
    what: `${what} has not ended in ${ms} ms.`,
    why: 'What it asked did not answer.',
    todo: 'Look at the part that it asks; where such waits are in order, raise STUCK_AFTER_MS.',
    remedy: 'retry',
  });
}
