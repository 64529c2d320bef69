// Refusals of the members that serve, as callers of the HTTP interface are told of them.
import type { MillraceError } from '../../../schemas/errors.ts';
import { askedElsewhere } from '../../kafka/failures.ts';
import { AnsweredError } from './answer-error.ts';

/** The error for a request id that cannot be answered again. */
export function requestClosed(): AnsweredError {
  return new AnsweredError(
    {
      code: 'request-closed',
      what: 'A request with this key was answered before, and cannot be answered again.',
      why: 'The slate was for another user, or its window for feedback is over.',
      todo: 'Use a new Idempotency-Key for each request.',
    },
    { status: 409 },
  );
}

/** The error for a request of a user who was forgotten after its time. */
export function userForgotten(): AnsweredError {
  return new AnsweredError(
    {
      code: 'user-forgotten',
      what: 'The user was forgotten, at a later time than the request names.',
      todo: 'Ask without `at`, or with the time of now, if the user has come back.',
    },
    { status: 409 },
  );
}

/** The error for a forwarded request whose partition is not here. */
export const notHere = (): MillraceError => askedElsewhere('serve');
