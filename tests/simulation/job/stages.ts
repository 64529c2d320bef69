// The simulated job: a stage that joins and counts in two stores with timers, and one that folds all results
// into a number that it keeps as snapshots.
import { snapshots } from '../../../schemas/topics/snapshots.ts';
import { snapshotTable } from '../../../streams/engine/snapshot-table.ts';
import { writeSnapshot } from '../../../streams/engine/snapshots.ts';
import {
  type Context,
  defineStage,
  on,
  type RecordMetadata,
  type Stage,
  type StageLogic,
} from '../../../streams/engine/stage.ts';
import { defineStore } from '../../../streams/engine/store.ts';
import {
  answers,
  folds,
  type Offer,
  type OfferAnswer,
  offers,
  openOffers,
  type Result,
  results,
  tallies,
} from './topics.ts';

/** Time that answers may come to an offer, ms. */
export const openMs = 3_000;

/** Number of results after which the second stage keeps a snapshot. */
const snapshotEvery = 7;

export const tallyStore = defineStore({ name: 'tallies', changelog: tallies });
export const openStore = defineStore({
  name: 'open-offers',
  changelog: openOffers,
  expiresAt: ({ at }) => at + openMs,
});

export interface JobOptions {
  /** Time for which a transaction gathers records, ms. */
  readonly commitEveryMs: number;
  /** Whether a record of the second input commits its transaction at once. */
  readonly flush: boolean;
}

export function joinStage({ commitEveryMs, flush }: JobOptions): Stage {
  return defineStage({
    name: 'join',
    doc: 'Joins offers with their answers, and counts.',
    inputs: [offers, answers],
    outputs: [results],
    stores: [tallyStore, openStore],
    commitEveryMs,
    flushOn: flush ? [answers] : [],
    create: () => new Join(),
  });
}

class Join implements StageLogic {
  readonly handlers = [
    on(offers, (offer, context, record) => this.offer(offer, context, record)),
    on(answers, (answer, context, record) => this.answer(answer, context, record)),
  ];

  advance(context: Context): void {
    const open = context.store(openStore);
    for (const [id, offer] of open.expire(context.streamTime)) {
      const { key, value: sum, answers: count } = offer;
      const { partition } = context;
      const at = offer.at + openMs;
      context.emit(results, { source: 'ended', partition, offset: -1, key, id, count, sum, at });
      open.delete(id);
    }
  }

  private offer(offer: Offer, context: Context, record: RecordMetadata): void {
    const { id, key, at, value } = offer;
    context.store(openStore).put(id, { id, key, at, value, answers: 0 });
    this.count(offer, value, context, record);
  }

  private answer(answer: OfferAnswer, context: Context, record: RecordMetadata): void {
    const open = context.store(openStore);
    const offer = open.get(answer.offer);
    if (offer) open.put(offer.id, { ...offer, answers: offer.answers + 1 });
    this.count(answer, offer ? offer.value * answer.value : 0, context, record);
  }

  private count(
    { id, key, at }: { readonly id: string; readonly key: string; readonly at: number },
    more: number,
    context: Context,
    { topic: source, partition, offset }: RecordMetadata,
  ): void {
    const store = context.store(tallyStore);
    const before = store.get(key) ?? { count: 0, sum: 0 };
    const count = before.count + 1;
    const sum = before.sum + more;
    store.put(key, { key, count, sum, at });
    context.emit(results, { source, partition, offset, key, id, count, sum, at });
  }
}

export function foldStage({ commitEveryMs }: JobOptions): Stage {
  return defineStage({
    name: 'fold',
    doc: 'Folds all results into one number, kept as snapshots.',
    inputs: [results],
    outputs: [folds, snapshots],
    tables: [snapshotTable],
    commitEveryMs,
    create: () => new FoldResults(),
  });
}

class FoldResults implements StageLogic {
  readonly snapshot = {
    policy: 'fold',
    load: (bytes: Uint8Array | undefined) => {
      const [n = 0, hash = 0] = bytes ? JSON.parse(Buffer.from(bytes).toString()) : [];
      this.n = n;
      this.hash = hash;
    },
    save: () => Buffer.from(JSON.stringify([this.n, this.hash])),
  };
  readonly handlers = [
    on(results, (result, context, record) => this.fold(result, context, record)),
  ];
  private n = 0;
  private hash = 0;

  private fold(result: Result, context: Context, record: RecordMetadata): void {
    this.n++;
    this.hash = foldedIn(this.hash, result);
    const { n, hash } = this;
    context.emit(folds, { n, hash, offset: record.offset, at: result.at });
    if (n % snapshotEvery !== 0) return;
    writeSnapshot(context, record, result.at, { name: 'fold', version: n }, this.snapshot.save());
  }
}

/** A number that depends on every result so far, and on their order. */
export function foldedIn(hash: number, { source, offset, id, count, sum }: Result): number {
  let value = hash;
  for (const letter of `${source} ${offset} ${id} ${count} ${sum}`) {
    value = (Math.imul(value, 31) + letter.charCodeAt(0)) | 0;
  }
  return value;
}
