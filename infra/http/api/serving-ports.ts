// The ports over the members that serve: a request is decided in the task that has the user's partition, in
// this process or in another, and is durable before it is answered. Where that cannot be had in time, a
// request is answered by a fallback, and feedback is written to its topic.
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../../schemas/errors.ts';
import { type Click, clicks } from '../../../schemas/topics/clicks.ts';
import { type Request, requests } from '../../../schemas/topics/requests.ts';
import type { AnsweredSlate } from '../../../streams/serve/fallback.ts';
import type { FeedbackReply, ServeReply } from '../../../streams/serve/replies.ts';
import type { Answered } from '../../kafka/task/asked.ts';
import { notHere, requestClosed, userForgotten } from './closed.ts';
import { within } from './deadline.ts';
import type { Forwarding } from './forward.ts';
import type { Call, FeedbackStatus, ItemChange, Ports, Recommended } from './ports.ts';

export interface ServingPortsOptions {
  /** Asks the members in this process. @throws MillraceError `asked-elsewhere` and others, see `Pipeline.ask` */
  readonly ask: (
    topic: typeof requests | typeof clicks,
    event: Request | Click,
    withinMs: number,
    call: Call,
  ) => Promise<Answered>;
  readonly forwarding: Forwarding;
  /** The ports over the topics: for items, and where no member can be asked. */
  readonly topics: Ports;
  /** Answers a request that is not decided in time. @default none: its deadline passes */
  readonly fallback?: ((request: Request) => Promise<AnsweredSlate>) | undefined;
  /** Time after which a request is answered by the fallback, ms; 0 for never. */
  readonly fallbackAfterMs: number;
  /** Told of every answer by the fallback. */
  readonly onFallback: () => void;
}

/** Time before a deadline at which an answer is on its way, ms. */
const wayBackMs = 20;

/** Pause between two tries while a partition goes from one member to another, ms. */
const againMs = 25;

/** Errors of a member after which another, or the same a moment later, can answer. */
const passing = new Set(['asked-elsewhere', 'ask-interrupted', 'ask-late', 'stage-unknown']);

const statuses: Readonly<Record<FeedbackReply, FeedbackStatus>> = {
  joined: 'joined',
  'click-duplicate': 'duplicate',
  'click-late': 'late',
  'click-orphan': 'orphan',
};

export class ServingPorts implements Ports {
  private readonly options: ServingPortsOptions;

  constructor(options: ServingPortsOptions) {
    this.options = options;
  }

  async recommend(request: Request, call: Call): Promise<Recommended> {
    const { forwarding, fallback, topics } = this.options;
    const until = this.untilOf(call);
    const answer = await asLongAs(until, call, async (left) => {
      const here = await this.here(() => this.options.ask(requests, request, left, call));
      if (here) return recommended(here);
      const address = call.forwarded ? undefined : await forwarding.addressOf(request.userId);
      // A member of an earlier version has no address, and answers through the topics.
      if (address === '') return await topics.recommend(request, call);
      return address === undefined ? undefined : forwarding.recommend(address, request, call, left);
    });
    if (answer) return answer;
    if (call.forwarded || !fallback || this.options.fallbackAfterMs === 0) {
      return await within(call, Promise.withResolvers<never>().promise);
    }
    this.options.onFallback();
    return { impression: await fallback(request), logged: false, repeated: false };
  }

  async feedback(events: readonly Click[], call: Call): Promise<readonly FeedbackStatus[]> {
    const { forwarding, topics } = this.options;
    const known = new Map<Click, FeedbackStatus>();
    const until = call.deadline - wayBackMs - (call.forwarded ? 0 : topicMs(call));
    await asLongAs(until, call, async (left) => {
      const open = events.filter((click) => !known.has(click));
      await Promise.all(
        open.map(async (click) => {
          const answered = await this.here(() => this.options.ask(clicks, click, left, call));
          if (answered?.durable) known.set(click, statusOf(answered));
        }),
      );
      if (call.forwarded) return known.size === events.length || undefined;
      const elsewhere = await Promise.all(
        open
          .filter((click) => !known.has(click))
          .map(async (click) => ({ click, address: await forwarding.addressOf(click.userId) })),
      );
      const byAddress = Map.groupBy(elsewhere, ({ address }) => address);
      byAddress.delete(undefined);
      byAddress.delete('');
      await Promise.all(
        [...byAddress].map(async ([address, of]) => {
          const sent = of.map(({ click }) => click);
          const told = await forwarding.feedback(address!, sent, call, left);
          for (const [i, status] of told?.entries() ?? []) known.set(sent[i]!, status);
        }),
      );
      return known.size === events.length || undefined;
    });
    const open = events.filter((click) => !known.has(click));
    // It may have been carried out: its id is its key, and it counts once.
    const written = open.length > 0 ? await topics.feedback(open, call) : [];
    for (const [i, status] of written.entries()) known.set(open[i]!, status);
    return events.map((click) => known.get(click)!);
  }

  items(changes: readonly ItemChange[], call: Call): Promise<void> {
    return this.options.topics.items(changes, call);
  }

  /** When a request is given up and answered otherwise, ms on the clock of `performance.now()`. */
  private untilOf({ deadline, forwarded }: Call): number {
    const { fallback, fallbackAfterMs } = this.options;
    const last = deadline - wayBackMs;
    if (forwarded || !fallback || fallbackAfterMs === 0) return last;
    return Math.min(last, performance.now() + fallbackAfterMs);
  }

  /** What a member in this process answers; undefined if another may. */
  private async here(ask: () => Promise<Answered>): Promise<Answered | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (passing.has(codeOf(error))) return undefined;
      throw error;
    }
  }
}

/** Time that is left for writing to a topic, ms. */
function topicMs({ deadline }: Call): number {
  return Math.max(0, deadline - performance.now()) / 2;
}

/** Without a reply it is of a user who was forgotten after it: there is no slate any more. */
const statusOf = ({ reply }: Answered): FeedbackStatus =>
  reply === undefined ? 'orphan' : statuses[reply as FeedbackReply];

function recommended({ reply, durable }: Answered): Recommended {
  if (reply === undefined) throw userForgotten();
  const { impression, repeated, answer } = reply as ServeReply;
  if (!impression) throw requestClosed();
  return { impression, logged: durable, repeated, ...(answer && { answer }) };
}

/**
 * Tries until there is an answer.
 * @param until deadline, ms on the clock of `performance.now()`
 * @param attempt is told the time that is left, ms
 * @returns undefined at the deadline
 */
async function asLongAs<T>(
  until: number,
  { signal, forwarded }: Call,
  attempt: (left: number) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (;;) {
    signal.throwIfAborted();
    const left = until - performance.now();
    if (left <= 0) return undefined;
    const answer = await attempt(left);
    if (answer !== undefined) return answer;
    // The member that has forwarded it looks for another.
    if (forwarded) throw notHere();
    await sleep(Math.min(againMs, Math.max(0, until - performance.now())));
  }
}
