// `forget`: what the task keeps of a user goes, and the stages that learn from its examples are told.
import { type DeadLetter, deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { type Forgotten, fingerprintOf } from '../../schemas/topics/forgotten.ts';
import type { openImpressions } from '../../schemas/topics/open-impressions.ts';
import type { userStates } from '../../schemas/topics/user-state.ts';
import type { Context, RecordMetadata } from '../engine/stage.ts';
import type { StoreDef } from '../engine/store.ts';
import type { ForgottenUsers } from '../tables/forgotten.ts';

interface UserStores {
  readonly users: StoreDef<typeof userStates>;
  readonly open: StoreDef<typeof openImpressions>;
}

/**
 * Deletes the state and the waiting slates of a user up to the time of the event; what is newer is of
 * somebody who came back.
 */
export function forgetUser(event: Forgotten, context: Context, stores: UserStores): void {
  const [users, open] = [context.store(stores.users), context.store(stores.open)];
  const isMeant = (userId: string) =>
    event.userId ? userId === event.userId : fingerprintOf(userId) === event.fingerprint;
  // Without the id, in a log whose first record of it is gone, every user is looked at.
  const known = event.userId ? [event.userId] : [...users.entries()].map(([id]) => id);
  for (const userId of known.filter(isMeant)) {
    const state = users.get(userId);
    if (state && state.at <= event.at) users.delete(userId);
    context.forget(examples, userId);
  }
  for (const [impressionId, { open: waiting }] of [...open.entries()]) {
    const { impression } = waiting ?? {};
    if (impression && impression.at <= event.at && isMeant(impression.userId)) {
      open.delete(impressionId);
    }
  }
}

/** An event of a user. */
export interface EventOfUser {
  readonly userId: string;
  readonly at: number;
}

/** Whether an event is to be taken; one of a user who was forgotten since is a dead letter. */
export function isWanted(
  { userId, at }: EventOfUser,
  context: Context,
  record: RecordMetadata,
  known: readonly ForgottenUsers[],
): boolean {
  if (!known.some((users) => users.covers(userId, at))) return true;
  context.emit(deadLetters, lateFor(at, record));
  return false;
}

/** The dead letter for an event of a user who was forgotten after it: its place, and nothing of it. */
function lateFor(at: number, { topic, partition, offset }: RecordMetadata): DeadLetter {
  return {
    at,
    origin: topic,
    partition,
    offset,
    line: null,
    code: 'user-forgotten',
    reason: 'its user was forgotten at a later time',
    key: null,
    data: Buffer.alloc(0),
    skippedBy: null,
  };
}
