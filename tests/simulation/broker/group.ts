// One consumer group: its members and generations (the classic protocol), and its committed offsets.
import { type Answer, type Ask, codes, type OffsetAndText, type TopicPartition } from './api.ts';

type Respond<A extends 'joinGroup' | 'syncGroup'> = (answer: Answer<A>) => void;

interface Member {
  readonly id: string;
  metadata: Buffer;
  sessionMs: number;
  rebalanceMs: number;
  assignment: Buffer;
  joining: Respond<'joinGroup'> | undefined;
  syncing: Respond<'syncGroup'> | undefined;
  endSession: () => void;
}

const none = Buffer.alloc(0);

export class Group {
  readonly offsets = new Map<string, OffsetAndText>();
  private readonly after: (ms: number, call: () => void) => () => void;
  private readonly members = new Map<string, Member>();
  private readonly pending = new Map<
    number,
    { epoch: number; offsets: Map<string, OffsetAndText> }
  >();
  private readonly epochs = new Map<number, number>();
  private state: 'empty' | 'joining' | 'syncing' | 'stable' = 'empty';
  private generation = 0;
  private leader = '';
  private named = 0;
  private endJoining = () => {};

  /** @param after makes a call after a time, ms, and gives what calls it off */
  constructor(after: Group['after']) {
    this.after = after;
  }

  /** What each member was given; nothing during a rebalance. */
  get assignments(): [memberId: string, assignment: Buffer][] {
    if (this.state !== 'stable') return [];
    return [...this.members.values()].map(({ id, assignment }) => [id, assignment]);
  }

  join(ask: Ask<'joinGroup'>, respond: Respond<'joinGroup'>): void {
    const known = this.members.get(ask.memberId);
    if (ask.memberId !== '' && !known) {
      const answer = { errorCode: codes.unknownMember, memberId: '', leaderId: '' };
      respond({ ...answer, generation: -1, members: [] });
      return;
    }
    const member = known ?? this.admit(`${ask.clientId}-${++this.named}`);
    member.metadata = ask.metadata;
    member.sessionMs = ask.sessionTimeout;
    member.rebalanceMs = ask.rebalanceTimeout;
    member.joining = respond;
    member.endSession();
    this.rebalance();
  }

  sync(ask: Ask<'syncGroup'>, respond: Respond<'syncGroup'>): void {
    const errorCode = this.check(ask.memberId, ask.generation);
    if (errorCode !== codes.none) {
      respond({ errorCode, assignment: none });
      return;
    }
    const member = this.members.get(ask.memberId)!;
    this.touch(member);
    if (this.state === 'stable') {
      respond({ errorCode, assignment: member.assignment });
      return;
    }
    member.syncing = respond;
    if (member.id !== this.leader) return;
    for (const { memberId, memberAssignment } of ask.assignments) {
      const of = this.members.get(memberId);
      if (of) of.assignment = memberAssignment;
    }
    this.state = 'stable';
    for (const one of this.members.values()) {
      one.syncing?.({ errorCode, assignment: one.assignment });
      one.syncing = undefined;
    }
  }

  /** @returns an error code */
  heartbeat({ memberId, generation }: Ask<'heartbeat'>): number {
    const member = this.members.get(memberId);
    if (member) this.touch(member);
    return this.check(memberId, generation);
  }

  /** @returns an error code */
  leave(memberId: string): number {
    const member = this.members.get(memberId);
    if (!member) return codes.unknownMember;
    this.remove(member);
    return codes.none;
  }

  /** Takes offsets of a transaction, which count once it is committed. @returns an error code */
  addOffsets(
    producerId: number,
    epoch: number,
    offsets: readonly (TopicPartition & OffsetAndText)[],
  ): number {
    if (epoch < (this.epochs.get(producerId) ?? 0)) return codes.invalidProducerEpoch;
    this.epochs.set(producerId, epoch);
    const of = this.pending.get(producerId) ?? { epoch, offsets: new Map() };
    this.pending.set(producerId, of);
    for (const { topic, partition, offset, metadata } of offsets) {
      of.offsets.set(`${topic}/${partition}`, { offset, metadata });
    }
    return codes.none;
  }

  mark(producerId: number, epoch: number, commit: boolean): void {
    const of = this.pending.get(producerId);
    this.pending.delete(producerId);
    this.epochs.set(producerId, Math.max(epoch, this.epochs.get(producerId) ?? 0));
    for (const [place, offset] of commit && of ? of.offsets : []) this.offsets.set(place, offset);
  }

  private admit(id: string): Member {
    const member: Member = {
      id,
      metadata: none,
      sessionMs: 0,
      rebalanceMs: 0,
      assignment: none,
      joining: undefined,
      syncing: undefined,
      endSession: () => {},
    };
    this.members.set(id, member);
    return member;
  }

  private check(memberId: string, generation: number): number {
    if (!this.members.has(memberId)) return codes.unknownMember;
    if (generation !== this.generation) return codes.illegalGeneration;
    return this.state === 'joining' ? codes.rebalanceInProgress : codes.none;
  }

  /** Begins the session of a member anew. */
  private touch(member: Member): void {
    member.endSession();
    const off = this.after(member.sessionMs, () => this.remove(member));
    member.endSession = off;
  }

  private remove(member: Member): void {
    if (this.members.get(member.id) !== member) return;
    member.endSession();
    this.members.delete(member.id);
    if (this.members.size > 0) {
      this.rebalance();
      return;
    }
    this.endJoining();
    this.state = 'empty';
  }

  private rebalance(): void {
    if (this.state !== 'joining') {
      this.state = 'joining';
      for (const one of this.members.values()) {
        one.syncing?.({ errorCode: codes.rebalanceInProgress, assignment: none });
        one.syncing = undefined;
      }
      const most = Math.max(...[...this.members.values()].map(({ rebalanceMs }) => rebalanceMs));
      this.endJoining = this.after(most, () => this.joined());
    }
    if ([...this.members.values()].every(({ joining }) => joining)) this.joined();
  }

  /** Everybody has joined, or had time to: the next generation begins. */
  private joined(): void {
    this.endJoining();
    for (const member of [...this.members.values()]) {
      if (member.joining) continue;
      member.endSession();
      this.members.delete(member.id);
    }
    if (this.members.size === 0) {
      this.state = 'empty';
      return;
    }
    this.generation++;
    this.state = 'syncing';
    const all = [...this.members.values()];
    if (!this.members.has(this.leader)) this.leader = all[0]!.id;
    const { generation, leader: leaderId } = this;
    const everybody = all.map(({ id, metadata }) => ({ memberId: id, memberMetadata: metadata }));
    for (const member of all) {
      const members = member.id === leaderId ? everybody : [];
      const answer = { errorCode: codes.none, memberId: member.id, leaderId, generation, members };
      const respond = member.joining!;
      member.joining = undefined;
      member.assignment = none;
      this.touch(member);
      respond(answer);
    }
  }
}
