// The failures of a task's transactions as people are told of them.
import { MillraceError } from '../../schemas/errors.ts';
import { refusedBatch } from './failures.ts';
import { typeOf } from './wire/cluster.ts';

/** Errors by which a broker says that the transactional id has a newer owner. */
const fencings = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);

/** The error for a transaction that was asked to end and did not. */
export function notCommitted(transactionalId: string, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'transaction-aborted',
    what: `A transaction of the task ${transactionalId} was not committed.`,
    why: 'The broker was asked to commit it, and the connection ended before it answered.',
    todo: 'Nothing is lost: what the transaction carried is made again from the inputs.',
    remedy: 'retry',
    cause,
  });
}

/** An error of a task's transaction with a name of ours, where there is one. */
export function named(transactionalId: string, error: unknown): unknown {
  if (!fencings.has(typeOf(error) ?? '')) {
    return refusedBatch(error, `the task ${transactionalId}`) ?? error;
  }
  return new MillraceError({
    code: 'task-fenced',
    what: `The task ${transactionalId} has another owner now.`,
    why: 'The group gave its partition to another process while this one was not heard of.',
    todo: 'Nothing is lost: what it had not committed, its new owner reads again.',
    remedy: 'retry',
    cause: error,
  });
}
