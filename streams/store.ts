// Keyed state of one task: what is committed, and over it what the open transaction changed.
import type { AnyTopic, EventOf } from '../schemas/topic.ts';
import type { Store } from './stage.ts';
import { TimerHeap } from './timers.ts';

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

/** A store in memory over a changelog. An abort leaves it as it was at the last commit. */
export class MemoryStore<V> implements Store<V> {
  private readonly committed = new Map<string, V>();
  private pending = new Map<string, V | null>();
  private readonly timers = new TimerHeap();
  private fired: [number, string][] = [];
  private readonly expiresAt: ((value: V) => number) | undefined;

  constructor(expiresAt?: (value: V) => number) {
    this.expiresAt = expiresAt;
  }

  get(key: string): V | undefined {
    const change = this.pending.get(key);
    if (change !== undefined) return change ?? undefined;
    return this.committed.get(key);
  }

  put(key: string, value: V): void {
    this.pending.set(key, value);
    if (this.expiresAt) this.timers.push(this.expiresAt(value), key);
  }

  delete(key: string): void {
    this.pending.set(key, null);
  }

  *expire(time: number): Iterable<[string, V]> {
    for (let next = this.timers.peek(); next && next[0] <= time; next = this.timers.peek()) {
      const [due, key] = next;
      this.timers.pop();
      this.fired.push([due, key]);
      const value = this.get(key);
      // A timer of a value that was replaced or deleted since is void.
      if (value !== undefined && this.expiresAt?.(value) === due) yield [key, value];
    }
  }

  /** What the open transaction changed, once a key, in the order first changed. */
  changes(): Change<V>[] {
    return [...this.pending];
  }

  commit(): void {
    for (const [key, value] of this.pending) {
      if (value === null) this.committed.delete(key);
      else this.committed.set(key, value);
    }
    this.pending = new Map();
    this.fired = [];
  }

  abort(): void {
    this.pending = new Map();
    for (const [due, key] of this.fired) this.timers.push(due, key);
    this.fired = [];
  }

  /** Applies a record of the changelog while restoring. */
  restore(key: string, value: V | null): void {
    if (value === null) this.committed.delete(key);
    else {
      this.committed.set(key, value);
      if (this.expiresAt) this.timers.push(this.expiresAt(value), key);
    }
  }

  *entries(): Iterable<[string, V]> {
    for (const [key, value] of this.committed) if (!this.pending.has(key)) yield [key, value];
    for (const [key, value] of this.pending) if (value !== null) yield [key, value];
  }

  get size(): number {
    let size = this.committed.size;
    for (const [key, value] of this.pending) {
      size += (value === null ? 0 : 1) - (this.committed.has(key) ? 1 : 0);
    }
    return size;
  }
}
