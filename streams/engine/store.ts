// Keyed state of one task, in three layers: what is committed (a backing: memory, or LMDB on disk), the
// changes of the transaction that is being committed, and over both those of the open one.
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import { TimerHeap } from './timers.ts';

/** Keyed state. Values are never mutated in place: put a new one. */
export interface Store<V> {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
  delete(key: string): void;
  /**
   * Removes from the timers, and returns, the entries that expire at or before `time`, earliest
   * first. The caller must delete each, or put it again with a later end: an entry left as it is
   * would expire again after a restart.
   */
  expire(time: number): Iterable<[key: string, value: V]>;
  /** All entries, in no particular order. */
  entries(): Iterable<[key: string, value: V]>;
  /**
   * A number that changes when changes were taken back: what was derived from the content must then
   * be derived anew.
   */
  readonly generation: number;
  readonly size: number;
}

export interface StoreDef<T extends AnyTopic = AnyTopic> {
  readonly name: string;
  /** The compacted topic every committed change goes to, and from which the store is restored. */
  readonly changelog: T;
  /** When a value expires, ms; absent: never. */
  readonly expiresAt?: (value: EventOf<T>) => number;
}

export function defineStore<T extends AnyTopic>(def: StoreDef<T>): StoreDef<T> {
  return Object.freeze(def);
}

/** A change to write to the changelog; `null` deletes. */
export type Change<V> = readonly [key: string, value: V | null];

/** Where the committed values of a store live. One conformance suite holds for every kind. */
export interface Backing<V> {
  get(key: string): V | undefined;
  has(key: string): boolean;
  entries(): Iterable<[key: string, value: V]>;
  readonly size: number;
  /**
   * Applies the changes of a committed transaction, all or none.
   * @param next offset of the changelog after these changes, up to which the content stands from
   * now on; undefined if it is not known
   */
  apply(changes: readonly Change<V>[], next: number | undefined): void;
  /** Offset of the changelog from which to restore: 0 for an empty store. */
  readonly checkpoint: number;
  /** Forgets all values and the checkpoint. */
  clear(): void;
  close(): void;
}

/** Opens the backing of a store of the task on a partition. */
export type OpenBacking = (def: StoreDef, partition: number) => Backing<unknown>;

/** Committed values in a map of this process; restored from the beginning of the changelog. */
export class MemoryBacking<V> implements Backing<V> {
  readonly checkpoint = 0;
  private readonly values = new Map<string, V>();

  get(key: string): V | undefined {
    return this.values.get(key);
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  entries(): Iterable<[string, V]> {
    return this.values.entries();
  }

  get size(): number {
    return this.values.size;
  }

  apply(changes: Iterable<Change<V>>): void {
    for (const [key, value] of changes) {
      if (value === null) this.values.delete(key);
      else this.values.set(key, value);
    }
  }

  clear(): void {
    this.values.clear();
  }

  close(): void {}
}

/** The changes of one transaction, and the timers that it took. */
interface Layer<V> {
  readonly changes: Map<string, V | null>;
  readonly fired: [time: number, key: string][];
}

const emptyLayer = <V>(): Layer<V> => ({ changes: new Map(), fired: [] });

/** A store over its backing. Only its own task sees changes that are not committed. */
export class LayeredStore<V> implements Store<V> {
  /** Number of times that something other than a put or a delete has changed the content. */
  generation = 0;
  private readonly backing: Backing<V>;
  private readonly expiresAt: ((value: V) => number) | undefined;
  private readonly timers = new TimerHeap();
  private open: Layer<V> = emptyLayer();
  private sealed: Layer<V> | undefined;

  constructor(backing: Backing<V>, expiresAt?: (value: V) => number) {
    this.backing = backing;
    this.expiresAt = expiresAt;
    for (const [key, value] of expiresAt ? backing.entries() : []) this.setTimer(key, value);
  }

  get(key: string): V | undefined {
    let change = this.open.changes.get(key);
    if (change === undefined) change = this.sealed?.changes.get(key);
    return change === undefined ? this.backing.get(key) : (change ?? undefined);
  }

  put(key: string, value: V): void {
    this.open.changes.set(key, value);
    this.setTimer(key, value);
  }

  delete(key: string): void {
    this.open.changes.set(key, null);
  }

  *expire(time: number): Iterable<[string, V]> {
    for (let next = this.timers.peek(); next && next[0] <= time; next = this.timers.peek()) {
      const [due, key] = next;
      // A key that was put twice with one time has two timers, and expires once.
      do this.timers.pop();
      while (this.timers.peek()?.[0] === due && this.timers.peek()?.[1] === key);
      this.open.fired.push([due, key]);
      const value = this.get(key);
      // A timer of a value that was replaced or deleted since is void.
      if (value !== undefined && this.expiresAt?.(value) === due) yield [key, value];
    }
  }

  /**
   * Closes the open layer for its commit and begins the next.
   * @returns the changes, one for each key, in the order of first change; a key that came and went
   * within the transaction needs none
   */
  seal(): Change<V>[] {
    const { changes } = this.open;
    this.sealed = this.open;
    this.open = emptyLayer();
    const written: Change<V>[] = [];
    for (const change of changes) {
      if (change[1] !== null || this.backing.has(change[0])) written.push(change);
    }
    return written;
  }

  /**
   * Applies the sealed transaction, which is durable now.
   * @param next offset of the changelog after its changes
   */
  commit(next?: number): void {
    if (this.sealed) this.backing.apply([...this.sealed.changes], next);
    this.sealed = undefined;
  }

  /** Takes back what the open transaction changed; the sealed transaction stays on its way. */
  rollback(): void {
    this.generation++;
    for (const [due, key] of this.open.fired) this.timers.push(due, key);
    this.open = emptyLayer();
  }

  /** Takes back both transactions: the store is as it was at the last commit. */
  abort(): void {
    this.rollback();
    for (const [due, key] of this.sealed?.fired ?? []) this.timers.push(due, key);
    this.sealed = undefined;
  }

  /** Applies records of the changelog during a restore, up to the offset `next`. */
  restore(changes: readonly Change<V>[], next: number): void {
    this.generation++;
    this.backing.apply(changes, next);
    for (const [key, value] of changes) if (value !== null) this.setTimer(key, value);
  }

  *entries(): Iterable<[string, V]> {
    const over = new Map([...(this.sealed?.changes ?? []), ...this.open.changes]);
    for (const [key, value] of this.backing.entries()) if (!over.has(key)) yield [key, value];
    for (const [key, value] of over) if (value !== null) yield [key, value];
  }

  get size(): number {
    let { size } = this.backing;
    for (const [key, value] of new Map([...(this.sealed?.changes ?? []), ...this.open.changes])) {
      size += (value === null ? 0 : 1) - (this.backing.has(key) ? 1 : 0);
    }
    return size;
  }

  /** Offset of the changelog from which to restore. */
  get checkpoint(): number {
    return this.backing.checkpoint;
  }

  /** Forgets all values: they are not of this changelog. */
  clear(): void {
    this.generation++;
    this.backing.clear();
    this.timers.clear();
    this.open = emptyLayer();
    this.sealed = undefined;
  }

  close(): void {
    this.backing.close();
  }

  private setTimer(key: string, value: V): void {
    if (this.expiresAt) this.timers.push(this.expiresAt(value), key);
  }
}
