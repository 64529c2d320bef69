// `reason`: what the users served here seem to want, by the language model, as its time allows: those
// served last come first, and who says something with a request is read without waiting for the slate. A
// history that was read with the same words is not read again; what is wanted is used from the next
// decision on.
import { contentHash } from '../../models/llm/hash.ts';
import { claimFaults } from '../../models/llm/reasoner/claims.ts';
import { type Reading, Reasoner } from '../../models/llm/reasoner/reasoner.ts';
import { type Situation, situationOf } from '../../models/llm/reasoner/situation.ts';
import { type Vocabulary, vocabularyOf } from '../../models/llm/reasoner/vocabulary.ts';
import { REASON_PROMPT, reasoner, toldOf } from '../../models/llm/roles/reasoner.ts';
import { unusableAnswer } from '../../models/llm/unusable.ts';
import { kinds } from '../../models/privacy/kinds.ts';
import { newUser } from '../../models/user/track.ts';
import type { MillraceError } from '../../schemas/errors.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { type Intent, intents } from '../../schemas/topics/intents.ts';
import type { Item } from '../../schemas/topics/items.ts';
import { type Request, requests } from '../../schemas/topics/requests.ts';
import { type Enricher, onAsync } from '../engine/enricher.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import { catalogueTable } from '../tables/catalogue.ts';
import { forgottenTable } from '../tables/forgotten.ts';
import { intentsTable } from '../tables/intents.ts';
import { usersTable } from '../tables/users.ts';
import { AuditCounter, counted } from './audit-counter.ts';
import { Background } from './background.ts';
import { DialogueMemory } from './dialogue-memory.ts';
import { PendingWrites } from './pending-writes.ts';
import type { LlmEnricherDef, LlmIo, LlmPorts } from './ports.ts';
import { ScheduledModel } from './scheduled-model.ts';

export function reasonEnricher({ schedulers }: LlmPorts): LlmEnricherDef {
  return {
    name: 'reason',
    doc: 'What users seem to want, by history and what they say, by the language model, every claim checked.',
    inputs: [requests, impressions],
    prompt: false,
    outputs: [intents, audit],
    // The scheduler follows the snapshots, for the adapters of its model.
    tables: [catalogueTable, usersTable, intentsTable, snapshotTable, forgottenTable],
    roles: ['reasoner'],
    create: (io) => new Reason({ ...io, schedulers }),
  };
}

/** Fewest likes with which a history is read although the user said nothing. */
const LEAST_LIKED = 3;
/** Largest number of waiting users; beyond it those served longest ago are forgotten. */
const MOST_WAITING = 1_000;
/** Largest share of the model's time that goes into reading; others wait for the model too. */
const SHARE = 0.4;
/**
 * Priority of a reading, below reasons of the language-model tier and above vectors, and the time
 * within which an answer must begin, ms.
 */
const ASKING = { priority: -1_000, deadlineMs: 30_000 } as const;

interface Wish {
  readonly userId: string;
  readonly at: number;
  readonly hash: string;
  readonly situation: Situation;
}

class Reason implements Enricher {
  /** Counts of what was done. `heard` counts requests that said something. */
  readonly counts = {
    ...{ intents: 0, cached: 0, removed: 0, masked: 0, shed: 0, forgotten: 0, heard: 0 },
  };
  readonly handlers = [
    onAsync(requests, (request) => this.hear(request)),
    onAsync(impressions, ({ servedBy, userId, at }) => {
      if (servedBy === 'served') this.want(userId, at);
    }),
  ];
  private readonly ports: LlmIo;
  private readonly background = new Background();
  private readonly auditCounter: AuditCounter;
  /** Waiting users, in the order they were served. */
  private readonly waiting = new Map<string, Wish>();
  private readonly heard = new DialogueMemory();
  private reading = false;
  /** Hash of the history and words that are being read now. */
  private current: string | undefined;
  private vocabulary: { readonly size: number; readonly of: Vocabulary } | undefined;
  private reasoner: Reasoner | undefined;
  private readonly model: ScheduledModel;
  /** Intents written and not yet in the table, by user. */
  private readonly written: PendingWrites<Intent>;

  constructor(ports: LlmIo) {
    this.ports = ports;
    this.auditCounter = new AuditCounter('reason', ports);
    const known = ports.tables.of(intentsTable);
    this.written = new PendingWrites(
      (userId) => known.latest(userId),
      (shown, written) => shown.at >= written.at,
    );
    this.model = new ScheduledModel(ports.schedulers('reasoner'), ASKING);
  }

  settled(): Promise<void> {
    return this.background.settled();
  }

  /** Whether a user was forgotten since a time: nothing is made of them then. */
  private isForgotten(userId: string, at: number): boolean {
    return this.ports.tables.of(forgottenTable).covers(userId, at);
  }

  private hear(request: Request): void {
    if (this.isForgotten(request.userId, request.at)) return;
    if (!this.heard.take(request)) return;
    this.counts.heard++;
    this.want(request.userId, request.at);
  }

  private want(userId: string, at: number): void {
    const { tables } = this.ports;
    const [users, catalogue] = [tables.of(usersTable), tables.of(catalogueTable)];
    const known = this.written.get(userId);
    const state = users.get(userId) ?? newUser(userId);
    const situation: Situation = {
      ...situationOf(state, (itemId) => catalogue.get(itemId)),
      ...this.wordsOf(userId, at),
      known: { ids: [userId] },
    };
    const says = (situation.dialogue ?? []).length > 0;
    // What was wanted by words that hold no longer is taken back, however little is known besides.
    const before = known !== undefined && known.at <= at;
    if (situation.liked.length < LEAST_LIKED && !says && !before) return;
    const hash = hashOf(this.model.name, userId, situation);
    if (hash === this.current) return;
    if (known?.hash === hash) {
      this.counts.cached++;
      return;
    }
    this.waiting.delete(userId);
    this.waiting.set(userId, { userId, at, hash, situation });
    if (this.waiting.size > MOST_WAITING) {
      this.waiting.delete(this.waiting.keys().next().value!);
      this.counts.forgotten++;
    }
    this.background.add(this.readOn());
  }

  /** The words of a user that hold at a time; those of a user who was forgotten since are dropped. */
  private wordsOf(userId: string, at: number) {
    const words = this.heard.of(userId, at);
    if (words && this.isForgotten(userId, words.at)) this.heard.forget(userId);
    else return words?.words;
    return undefined;
  }

  /** Reads one user after the other, the one served last first. */
  private async readOn(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    while (this.waiting.size > 0 && this.hasTime()) {
      const wish = [...this.waiting.values()].at(-1)!;
      this.waiting.delete(wish.userId);
      this.current = wish.hash;
      await this.read(wish).catch(() => {
        this.counts.shed++;
      });
      this.current = undefined;
    }
    this.reading = false;
  }

  private hasTime(): boolean {
    const { queued, busyMs } = this.ports.schedulers('reasoner').queue.metrics;
    return queued === 0 || this.model.busyMs <= SHARE * busyMs;
  }

  private async read({ userId, at, hash, situation }: Wish): Promise<void> {
    this.reasoner ??= new Reasoner(this.model);
    const busyBefore = this.model.busyMs;
    const reading = await this.reasoner.read(situation, this.vocabularyNow());
    if (!isUsable(reading)) throw unusable(this.model.name);
    const { name: model } = this.ports.schedulers('reasoner');
    const { adapter } = this.model;
    const intent = intentOf(reading, { hash, userId, at, model, adapter });
    const record = { ...intent, latencyMs: this.model.busyMs - busyBefore };
    if (this.isForgotten(userId, at)) return;
    await this.ports.emit(intents, [record]);
    this.written.add(userId, record);
    this.counts.intents++;
    this.counts.removed += record.removed;
    for (const count of Object.values(reading.masked)) this.counts.masked += count;
    await this.auditCounter.note(at, {
      hallucination: counted(claimFaults, reading.faults),
      privacy: counted(kinds, reading.masked),
    });
  }

  /**
   * The vocabulary of the catalogue. It is made anew when the catalogue has doubled, since the
   * model must then be asked about the references again.
   */
  private vocabularyNow(): Vocabulary {
    const catalogue = this.ports.tables.of(catalogueTable);
    if (!this.vocabulary || catalogue.size >= 2 * this.vocabulary.size) {
      const items = [...catalogue.ids()].map((id) => catalogue.get(id) as Item);
      this.vocabulary = { size: catalogue.size, of: vocabularyOf(items) };
    }
    return this.vocabulary.of;
  }
}

/** Hash of the history and the words to be read; what has the same hash is not read twice. */
function hashOf(model: string, userId: string, situation: Situation): string {
  const { liked, disliked, dialogue, context } = toldOf(situation);
  const words = dialogue.length + context.length > 0 ? [dialogue, context] : [];
  return contentHash(model, REASON_PROMPT, JSON.stringify([userId, liked, disliked, ...words]));
}

function isUsable({ vector, confidence, shares }: Reading): boolean {
  return [confidence, ...shares, ...vector].every(Number.isFinite);
}

function unusable(name: string): MillraceError {
  const why = 'Its likelihoods and vectors are to be finite numbers.';
  return unusableAnswer(name, { gave: 'a reading', why, variable: reasoner.variable });
}

/** The record of the topic `intents` that a reading becomes. */
function intentOf(
  reading: Reading,
  of: Pick<Intent, 'hash' | 'userId' | 'at' | 'model' | 'adapter'>,
): Omit<Intent, 'latencyMs'> {
  const { wanted, avoid, mood, constraints, confidence, uncertainty, faults, tokens } = reading;
  return {
    ...of,
    wanted: [...wanted],
    avoid: [...avoid],
    mood,
    constraints: [...constraints],
    confidence,
    vector: [...reading.vector],
    uncertainty: uncertainty.overall,
    removed: Object.values(faults).reduce((sum, count) => sum + count, 0),
    tokens,
  };
}
