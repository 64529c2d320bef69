// Faults put into a member on purpose, at the border between the runtime and the brokers: the invariants
// must find each of them. The first two are what the runtime did before positions were kept with the state,
// and before the end of a transaction was never repeated.
import type { Answer, ApiName, Ask, Send } from './broker/api.ts';
import type { Life } from './life.ts';

/** A request on its way, as a mutant sees it. */
export interface Sending<A extends ApiName> {
  readonly api: A;
  readonly ask: Ask<A>;
  readonly next: Send;
  readonly life: Life;
}

export interface Mutant {
  readonly doc: string;
  /** Sends a request in place of the client. */
  send?<A extends ApiName>(sending: Sending<A>): Promise<Answer<A>>;
  /** Whether the disk loses the latest changes of a process that dies, and keeps their checkpoint. */
  readonly disk?: boolean;
  /** Whether the client keeps a connection that has not answered in time. */
  readonly keepsUnanswered?: boolean;
}

type Change = { [A in ApiName]?: (sending: Sending<A>) => Promise<Answer<A>> };

/** A mutant that handles some requests itself. */
function changing(doc: string, change: Change): Mutant {
  return {
    doc,
    send<A extends ApiName>(sending: Sending<A>) {
      const own = change[sending.api] as ((of: Sending<A>) => Promise<Answer<A>>) | undefined;
      return own ? own(sending) : sending.next(sending.api, sending.ask);
    },
  };
}

/** An error of the connection, not an answer of a broker: what became of the request is not known. */
const ambiguous = (error: unknown) => /Connection|RequestTimeout/.test((error as Error).name);

/** Another name for a transactional id, in every request that has one. */
function renaming<A extends ApiName>({ api, ask, next, life }: Sending<A>): Promise<Answer<A>> {
  const { transactionalId } = ask as { transactionalId?: string };
  if (transactionalId === undefined) return next(api, ask);
  return next(api, { ...ask, transactionalId: `${transactionalId}-${life.name}` });
}

/** A batch outside of any transaction. */
function untransacted(batch: Buffer): Buffer {
  const bytes = Buffer.from(batch);
  bytes.writeInt16BE(0, 21);
  bytes.writeBigInt64BE(-1n, 43);
  return bytes;
}

export const mutants = {
  'offsets-first': changing(
    "The group's offsets are believed; positions beside the state are not.",
    {
      async listOffsets({ api, ask, next }) {
        if (ask.partitions[0]?.topic !== 'positions') return next(api, ask);
        return next(api, { ...ask, at: 'end' });
      },
    },
  ),
  'same-epoch': changing('The end of a transaction is repeated in the same epoch.', {
    async endTxn({ api, ask, next, life }) {
      for (;;) {
        try {
          return await next(api, ask);
        } catch (error) {
          if (!ambiguous(error)) throw error;
          await life.clock.sleep(5);
        }
      }
    },
  }),
  'offsets-outside': changing('Positions are written outside of the transaction.', {
    async produce({ api, ask, next }) {
      const batches = ask.batches.map((one) =>
        one.topic === 'positions' ? { ...one, batch: untransacted(one.batch) } : one,
      );
      return next(api, { ...ask, batches });
    },
  }),
  'no-fencing': {
    doc: 'Each process has transactional ids of its own, so no zombie is fenced.',
    send: renaming,
  },
  'read-uncommitted': changing('Records are read before their transactions have ended.', {
    fetch: ({ api, ask, next }) => next(api, { ...ask, committed: false }),
  }),
  'stable-is-end': changing('The last stable offset is taken for the end of a partition.', {
    async fetch({ api, ask, next }) {
      const { partitions } = await next(api, ask);
      return { partitions: partitions.map((one) => ({ ...one, highWatermark: one.lastStable })) };
    },
  }),
  'no-restore': changing('State is not restored from its changelog.', {
    async listOffsets({ api, ask, next }) {
      const changelog = /tallies|open-offers/.test(ask.partitions[0]?.topic ?? '');
      return next(api, changelog ? { ...ask, at: 'end' } : ask);
    },
  }),
  'checkpoint-only': {
    doc: 'A disk loses its latest changes and keeps their checkpoint.',
    disk: true,
  },
  'keep-unanswered': {
    doc: 'A connection that does not answer any more is used again and again.',
    keepsUnanswered: true,
  },
} as const satisfies Record<string, Mutant>;

export type MutantName = keyof typeof mutants;
