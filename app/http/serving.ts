// The ports of the HTTP interface over the members of the groups: those of this process first, then others.
import '../../streams/engine/disposable-stack.ts';
import { Forwarding } from '../../infra/http/api/forward.ts';
import type { Ports } from '../../infra/http/api/ports.ts';
import { ServingPorts } from '../../infra/http/api/serving-ports.ts';
import { PartitionOwners } from '../../infra/kafka/owners.ts';
import type { Answered } from '../../infra/kafka/task/asked.ts';
import type { ServingSeries } from '../../infra/metrics/serving-series.ts';
import { codeOf } from '../../schemas/errors.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { type Request, requests } from '../../schemas/topics/requests.ts';
import type { TraceParent } from '../../streams/engine/tracing.ts';
import { type AnsweredSlate, fallbackOf } from '../../streams/serve/fallback.ts';
import type { Config } from '../config/read.ts';
import type { Member } from '../member.ts';
import type { MemberThreads } from '../members.ts';
import type { Streams } from '../streams.ts';
import { saltOf } from '../topology.ts';

/** Name of the stage that serves. */
const serve = 'serve';

/** The members of a process, as its HTTP interface asks them. */
export interface AskedMembers {
  /** @throws MillraceError `asked-elsewhere` and others, see `Pipeline.ask` */
  ask(
    topic: 'requests' | 'clicks',
    event: Request | Click,
    withinMs: number,
    parent?: TraceParent,
  ): Promise<Answered>;
  /** Answers a request without the user's state; undefined where no member here serves. */
  readonly fallback: ((request: Request) => Promise<AnsweredSlate>) | undefined;
  /** Tells the members, before they join their groups, the address of this process. */
  advertise(address: string): void;
}

/** One member as it is asked, in its own thread. */
export function askedMember({ pipeline }: Pick<Member, 'pipeline'>, config: Config): AskedMembers {
  const serves = pipeline.stages.some(({ name }) => name === serve);
  const { retrievers } = config;
  const decide = serves
    ? fallbackOf(pipeline.tables, { salt: saltOf(config), retrievers })
    : undefined;
  return {
    ask: (topic, event, withinMs, parent) =>
      pipeline.ask(
        serve,
        topic === 'requests' ? requests : clicks,
        event as never,
        withinMs,
        parent,
      ),
    fallback: decide && (async (request) => decide(request)),
    advertise: (address) => pipeline.advertise(address),
  };
}

/** The threads of a process as they are asked: one after the other, until one has the partition. */
export function askedThreads(threads: MemberThreads): AskedMembers {
  return {
    async ask(topic, event, withinMs, parent) {
      let last: unknown;
      for (let thread = 0; thread < threads.count; thread++) {
        try {
          return await threads.ask<Answered>(thread, 'ask', { topic, event, withinMs, parent });
        } catch (error) {
          if (codeOf(error) !== 'asked-elsewhere') throw error;
          last = error;
        }
      }
      throw last;
    },
    fallback: (request) => threads.ask<AnsweredSlate>(0, 'fallback', request),
    advertise: (address) => threads.advertise(address),
  };
}

export interface ServingParts {
  readonly streams: Streams;
  readonly members: AskedMembers;
  readonly topics: Ports;
  readonly series: ServingSeries;
  /** Gives the address of this process. */
  readonly address: () => string;
}

export function openServing(
  config: Config,
  { streams, members, topics, series, address }: ServingParts,
  stack: AsyncDisposableStack,
): Ports {
  const { kafka, application, nameOf } = streams;
  const owners = stack.use(
    new PartitionOwners({ kafka, groupId: `${application}-${serve}`, topic: nameOf(requests) }),
  );
  return new ServingPorts({
    ask: ({ name }, event, withinMs, { traceParent }) =>
      members.ask(name === requests.name ? 'requests' : 'clicks', event, withinMs, traceParent),
    forwarding: new Forwarding({
      addressOf: (key) => owners.addressOf(key),
      wasWrong: () => owners.wasWrong(),
      own: address,
      onForwarded: (outcome) => series.forwarded.inc({ outcome }),
    }),
    topics,
    fallback: members.fallback,
    fallbackAfterMs: config.api.fallbackAfterMs,
    onFallback: () => series.fallbacks.inc(),
  });
}
