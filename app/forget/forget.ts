// Forgets users: tells the streams, waits until each part has let go of them, and says what the broker
// still keeps, and for how long. Asked again, it does no harm.
import '../../streams/engine/disposable-stack.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../../schemas/errors.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { type Forgotten, fingerprintOf } from '../../schemas/topics/forgotten.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import { forgetInRules } from '../rules/forget.ts';
import { deleteLog } from './delete-log.ts';
import { deleteMade } from './made.ts';
import type { ForgetStreams } from './marker.ts';
import {
  atOf,
  committedBy,
  isKept,
  partitionOfUser,
  tombstoneOf,
  writeMarker,
  writtenSoFar,
} from './marker.ts';
import { type Remaining, remainingIn } from './remaining.ts';

/** Asks ClickHouse up to when the rows of a user are erased, ms; undefined if there is none to ask. */
export type Erased = ((fingerprint: string) => Promise<number>) | undefined;

export interface ForgetOptions {
  readonly streams: ForgetStreams;
  readonly topology: Topology;
  readonly erased: Erased;
  /** Delete the log of the user's partitions, of everybody, up to the user's last record. */
  readonly deletesLog: boolean;
  /** Longest time that one part is waited for, ms. */
  readonly waitMs: number;
}

export interface Forgot {
  readonly fingerprint: string;
  /** Events of the user up to this time are forgotten, ISO 8601. */
  readonly at: string;
  /** Records that a language model made of the user, deleted. */
  readonly made: { readonly intents: number; readonly explanations: number };
  /** Whether rows in ClickHouse are erased; `none` where no ClickHouse was found. */
  readonly clickhouse: 'erased' | 'none';
  /** What the broker keeps, for how long. */
  readonly remaining: readonly Remaining[];
}

/** Number of times that a user who acts meanwhile is forgotten anew. */
const tries = 5;

/** @throws MillraceError `forget-unfinished` */
export async function forgetUser(userId: string, options: ForgetOptions): Promise<Forgot> {
  const { streams, topology, erased } = options;
  const before = await writtenSoFar(streams, examples);
  const event = await forgetState(userId, options);
  const learning = topology.stages.filter(({ inputs }) => inputs.includes(examples));
  const told = await tombstoneOf(streams, examples, before, userId);
  for (const { name } of told === undefined ? [] : learning) {
    await until(options, `${name} has forgotten the user`, async () => {
      return (await committedBy(streams, name, 0, examples)) > told!;
    });
  }
  if (erased) {
    await until(options, 'ClickHouse has erased the rows of the user', async () => {
      return (await erased(event.fingerprint)) >= event.at;
    });
  }
  const made = await deleteMade(streams, userId);
  await forgetInRules(streams, userId);
  // The id goes from this topic, too, once the first record is compacted away.
  await writeMarker(streams, { ...event, userId: '' }, partitionOfUser(streams, userId));
  if (options.deletesLog) await deleteLog(streams, topology, userId);
  return {
    fingerprint: event.fingerprint,
    at: new Date(event.at).toISOString(),
    made,
    clickhouse: erased ? 'erased' : 'none',
    remaining: await remainingIn(streams, options.deletesLog),
  };
}

/** Has `serve` delete the state of a user; one who acts meanwhile is forgotten anew. */
async function forgetState(userId: string, options: ForgetOptions): Promise<Forgotten> {
  const { streams } = options;
  const partition = partitionOfUser(streams, userId);
  for (let left = tries; left > 0; left--) {
    const at = await atOf(streams, partition);
    const event = { fingerprint: fingerprintOf(userId), userId, at };
    const offset = await writeMarker(streams, event, partition);
    await until(options, 'serve has deleted the state of the user', async () => {
      return (await committedBy(streams, 'serve', partition)) > offset;
    });
    if (!(await isKept(streams, userId, partition, at))) return event;
  }
  throw unfinished('the user acts while they are forgotten', 'Ask again when they have left.');
}

/** Waits until something is so. @throws MillraceError `forget-unfinished` */
async function until(
  { waitMs }: ForgetOptions,
  what: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  const end = performance.now() + waitMs;
  while (!(await holds())) {
    if (performance.now() > end) {
      throw unfinished(
        `after ${waitMs} ms it is not so that ${what}`,
        'See that `millrace run` is well (/ready, its log), and ask again.',
      );
    }
    await sleep(200);
  }
}

function unfinished(why: string, todo: string): MillraceError {
  return new MillraceError({
    code: 'forget-unfinished',
    what: 'The user is not wholly forgotten yet.',
    why: `Because ${why}.`,
    todo: `${todo} What is done already stays done.`,
    remedy: 'retry',
  });
}
