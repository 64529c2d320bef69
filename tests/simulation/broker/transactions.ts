// The coordinator of transactions, as Kafka 4.2 has it for clients that end a transaction in their own epoch
// (EndTxn up to version 4): TransactionCoordinator.scala and TransactionMetadata.scala are the sources, and
// tests/integration/late-end.test.ts shows on a real broker what a holder is told that asks for a new epoch.
import { type Answer, type Ask, codes, type Transacting } from './api.ts';

type State = 'empty' | 'ongoing' | 'prepare-commit' | 'prepare-abort' | 'committed' | 'aborted';

interface Transaction {
  readonly id: string;
  readonly producerId: number;
  epoch: number;
  /** Epoch before the one that its holder asked for; −1 if nobody did. */
  lastEpoch: number;
  state: State;
  readonly participants: Set<string>;
  timeoutMs: number;
  startedAt: number;
}

/** What takes part in transactions: a partition that is written to, or a group whose offsets are. */
export interface Participants {
  /** Ends a transaction at one participant. Calls back when that is done. */
  mark(
    participant: string,
    producerId: number,
    epoch: number,
    commit: boolean,
    done: () => void,
  ): void;
  now(): number;
  /** Longest time that a transaction may be open, whatever its producer asks for, ms. */
  readonly mostMs: number;
}

export class Transactions {
  private readonly participants: Participants;
  private readonly byId = new Map<string, Transaction>();
  private nextProducerId = 1_000;

  constructor(participants: Participants) {
    this.participants = participants;
  }

  init({
    transactionalId: id,
    timeoutMs,
    holder,
  }: Ask<'initProducerId'>): Answer<'initProducerId'> {
    const refused = (errorCode: number) => ({ errorCode, producerId: -1, producerEpoch: -1 });
    const known = this.byId.get(id);
    const of = known ?? this.begin(id);
    of.timeoutMs = timeoutMs;
    if (holder && known && holder.producerId !== of.producerId)
      return refused(codes.producerFenced);
    if (of.state === 'ongoing') {
      this.fence(of);
      return refused(codes.concurrentTransactions);
    }
    if (of.state.startsWith('prepare')) return refused(codes.concurrentTransactions);
    if (!holder || of.epoch === -1 || holder.producerEpoch === of.epoch) {
      of.lastEpoch = holder ? of.epoch : -1;
      of.epoch++;
      of.state = 'empty';
    } else if (holder.producerEpoch !== of.lastEpoch) return refused(codes.producerFenced);
    return { errorCode: codes.none, producerId: of.producerId, producerEpoch: of.epoch };
  }

  /** Takes participants into the open transaction, or opens one. @returns an error code */
  add(who: Transacting, participants: readonly string[]): number {
    const of = this.byId.get(who.transactionalId);
    if (of?.producerId !== who.producerId) return codes.invalidProducerIdMapping;
    if (of.epoch !== who.producerEpoch) return codes.invalidProducerEpoch;
    if (of.state.startsWith('prepare')) return codes.concurrentTransactions;
    if (of.state !== 'ongoing') {
      of.state = 'ongoing';
      of.participants.clear();
      of.startedAt = this.participants.now();
    }
    for (const participant of participants) of.participants.add(participant);
    return codes.none;
  }

  /** Whether a producer may write to a participant now. @returns an error code */
  verify(id: string, producerId: number, epoch: number, participant: string): number {
    const of = this.byId.get(id);
    if (of?.producerId !== producerId) return codes.invalidProducerIdMapping;
    if (of.epoch !== epoch) return codes.invalidProducerEpoch;
    if (of.state.startsWith('prepare')) return codes.notEnoughReplicas; // what old clients are told
    const open = of.state === 'ongoing' && of.participants.has(participant);
    return open ? codes.none : codes.invalidTxnState;
  }

  /** @returns an error code */
  end({ commit, ...who }: Ask<'endTxn'>): number {
    const of = this.byId.get(who.transactionalId);
    if (of?.producerId !== who.producerId) return codes.invalidProducerIdMapping;
    if (of.epoch !== who.producerEpoch) return codes.invalidProducerEpoch;
    if (of.state === 'ongoing') {
      this.prepare(of, commit);
      return codes.none;
    }
    if (of.state === (commit ? 'prepare-commit' : 'prepare-abort'))
      return codes.concurrentTransactions;
    return of.state === (commit ? 'committed' : 'aborted') ? codes.none : codes.invalidTxnState;
  }

  /** Aborts the transactions that are open for longer than they may be. */
  abortExpired(): void {
    const { now, mostMs } = this.participants;
    for (const of of this.byId.values()) {
      const age = now() - of.startedAt;
      if (of.state === 'ongoing' && age > Math.min(of.timeoutMs, mostMs)) this.fence(of);
    }
  }

  private begin(id: string): Transaction {
    const producerId = this.nextProducerId++;
    const of: Transaction = {
      id,
      producerId,
      epoch: -1,
      lastEpoch: -1,
      state: 'empty',
      participants: new Set(),
      timeoutMs: 0,
      startedAt: 0,
    };
    this.byId.set(id, of);
    return of;
  }

  /**
   * Aborts an open transaction under a new epoch (KIP-890). Its holder gets that one when it asks again;
   * anybody else gets the next.
   */
  private fence(of: Transaction): void {
    of.lastEpoch = of.epoch++;
    this.prepare(of, false);
  }

  private prepare(of: Transaction, commit: boolean): void {
    of.state = commit ? 'prepare-commit' : 'prepare-abort';
    let left = of.participants.size;
    const complete = () => {
      of.state = commit ? 'committed' : 'aborted';
    };
    if (left === 0) {
      complete();
      return;
    }
    for (const participant of of.participants) {
      this.participants.mark(participant, of.producerId, of.epoch, commit, () => {
        if (--left === 0) complete();
      });
    }
  }
}
