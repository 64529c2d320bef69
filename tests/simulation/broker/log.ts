// The log of one partition: batches with offsets, transactions that are open in it, markers that end them,
// the sequence numbers of its producers, and a beginning that retention moves.
import { codes } from './api.ts';

export interface LogBatch {
  readonly base: number;
  /** Offset of its last record. */
  readonly last: number;
  readonly bytes: Buffer;
  readonly producerId: number;
  readonly transactional: boolean;
  readonly control: boolean;
  /** How its transaction ended; undefined while it is open, and for a batch outside of any. */
  outcome: 'committed' | 'aborted' | undefined;
}

interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Offset of the marker. */
  readonly lastOffset: number;
}

interface ProducerState {
  epoch: number;
  nextSequence: number;
  /** The latest batches, by first sequence number. */
  readonly recent: { readonly sequence: number; readonly base: number }[];
}

/** Number of batches by which a broker knows that one is sent again. */
const remembered = 5;

const headerBytes = 61;

export class PartitionLog {
  readonly batches: LogBatch[] = [];
  /** Offset of the oldest record there is. */
  start = 0;
  /** Offset of the next record. */
  end = 0;
  /** Called when something was appended. */
  onAppended: () => void = () => {};
  private readonly open = new Map<number, number>();
  private readonly aborted: Aborted[] = [];
  private readonly producers = new Map<number, ProducerState>();

  /** Offset up to which every transaction has ended. */
  get lastStable(): number {
    let first = this.end;
    for (const offset of this.open.values()) first = Math.min(first, offset);
    return first;
  }

  /** Whether a transaction of the producer is open here. */
  hasOpen(producerId: number): boolean {
    return this.open.has(producerId);
  }

  /** Appends a batch of a transaction, unless it is here already. */
  produce(batch: Buffer): { readonly errorCode: number; readonly baseOffset: number } {
    const producerId = Number(batch.readBigInt64BE(43));
    const epoch = batch.readInt16BE(51);
    const sequence = batch.readInt32BE(53);
    const refused = (errorCode: number) => ({ errorCode, baseOffset: -1 });
    const state = this.producers.get(producerId);
    if (state && epoch < state.epoch) return refused(codes.invalidProducerEpoch);
    const same = state?.epoch === epoch;
    const again = same ? state.recent.find((one) => one.sequence === sequence) : undefined;
    if (again) return { errorCode: codes.none, baseOffset: again.base };
    if (sequence !== (same ? state.nextSequence : 0)) return refused(codes.outOfOrderSequence);
    const base = this.append(batch);
    const recent = [...(same ? state.recent : []), { sequence, base }].slice(-remembered);
    const nextSequence = sequence + batch.readInt32BE(57);
    this.producers.set(producerId, { epoch, nextSequence, recent });
    return { errorCode: codes.none, baseOffset: base };
  }

  /** Appends a batch as it is. @returns offset of its first record */
  append(batch: Buffer): number {
    const bytes = Buffer.from(batch);
    const base = this.end;
    bytes.writeBigInt64BE(BigInt(base), 0);
    const attributes = bytes.readInt16BE(21);
    const transactional = (attributes & 0x10) !== 0;
    const producerId = Number(bytes.readBigInt64BE(43));
    const last = base + bytes.readInt32BE(23);
    if (transactional && !this.open.has(producerId)) this.open.set(producerId, base);
    const outcome = transactional ? undefined : 'committed';
    this.add({ base, last, bytes, producerId, transactional, control: false, outcome });
    return base;
  }

  /** Ends the transaction of a producer by a marker; with its epoch, older ones are refused from here on. */
  mark(producerId: number, epoch: number, commit: boolean): void {
    const firstOffset = this.open.get(producerId);
    const outcome = commit ? 'committed' : 'aborted';
    if (firstOffset !== undefined) {
      for (let i = this.batches.length - 1; i >= 0 && this.batches[i]!.base >= firstOffset; i--) {
        const batch = this.batches[i]!;
        if (batch.producerId === producerId && !batch.control) batch.outcome = outcome;
      }
      if (!commit) this.aborted.push({ producerId, firstOffset, lastOffset: this.end });
      this.open.delete(producerId);
    }
    const state = this.producers.get(producerId);
    if (!state || state.epoch < epoch) {
      this.producers.set(producerId, { epoch, nextSequence: 0, recent: [] });
    }
    const base = this.end;
    const bytes = markerBytes(base, producerId, epoch, commit);
    this.add({ base, last: base, bytes, producerId, transactional: true, control: true, outcome });
  }

  /**
   * Reads whole batches from an offset on.
   * @param most largest number of batches
   */
  read(offset: number, committed: boolean, most: number) {
    const to = committed ? this.lastStable : this.end;
    const found: Buffer[] = [];
    let upTo = offset;
    for (let i = this.indexOf(offset); i < this.batches.length && found.length < most; i++) {
      const batch = this.batches[i]!;
      if (batch.base >= to) break;
      found.push(batch.bytes);
      upTo = batch.last + 1;
    }
    const aborted = committed
      ? this.aborted.filter((one) => one.lastOffset >= offset && one.firstOffset < upTo)
      : [];
    return { bytes: found.length === 1 ? found[0]! : Buffer.concat(found), aborted };
  }

  /** Deletes what lies before an offset, by whole batches; the offset is the new beginning. */
  deleteBefore(offset: number): void {
    this.start = Math.max(this.start, Math.min(offset, this.lastStable));
    const kept = this.batches.findIndex(({ last }) => last >= this.start);
    this.batches.splice(0, kept < 0 ? this.batches.length : kept);
  }

  /**
   * Takes out whole batches of which every key has a newer record, as compaction may: offsets then have
   * holes. Aborted ones go, too; markers and the newest batch stay.
   * @param keysOf gives the keys of a batch
   */
  compact(keysOf: (batch: LogBatch) => readonly string[]): void {
    const stable = this.lastStable;
    const newer = new Set<string>();
    const last = this.batches.at(-1);
    for (let i = this.batches.length - 1; i >= 0; i--) {
      const batch = this.batches[i]!;
      if (batch.control || batch.outcome === undefined || batch.base >= stable) continue;
      const keys = batch.outcome === 'committed' ? keysOf(batch) : [];
      const gone = batch !== last && keys.every((key) => newer.has(key));
      for (const key of keys) newer.add(key);
      if (gone) this.batches.splice(i, 1);
    }
  }

  private add(batch: LogBatch): void {
    this.batches.push(batch);
    this.end = batch.last + 1;
    this.onAppended();
  }

  /** Index of the batch that holds an offset, or of the next one. */
  private indexOf(offset: number): number {
    let low = 0;
    let high = this.batches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.batches[middle]!.last < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A control batch with one record, of which readers look at the header alone. */
function markerBytes(base: number, producerId: number, epoch: number, commit: boolean): Buffer {
  const bytes = Buffer.alloc(headerBytes + 1);
  bytes.writeBigInt64BE(BigInt(base), 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes[16] = 2;
  bytes.writeInt16BE(0x30, 21);
  bytes.writeBigInt64BE(BigInt(producerId), 43);
  bytes.writeInt16BE(epoch, 51);
  bytes.writeInt32BE(-1, 53);
  bytes.writeInt32BE(1, 57);
  bytes[headerBytes] = commit ? 1 : 0;
  return bytes;
}
