// Remembers what an enricher has written and its table does not show yet. The topic feeds the
// table, which takes a moment; until then this memory keeps anything from being made twice.

/**
 * Largest number of writes remembered; beyond it the oldest are forgotten, and may be made once
 * more.
 */
const CAPACITY = 10_000;

export class PendingWrites<V> {
  private readonly pending = new Map<string, V>();
  private readonly shown: (key: string) => V | undefined;
  private readonly covers: (shown: V, written: V) => boolean;

  /**
   * @param shown the table's value of a key
   * @param covers whether a value that the table shows includes the one written.
   * @default any value does
   */
  constructor(
    shown: (key: string) => V | undefined,
    covers: (shown: V, written: V) => boolean = () => true,
  ) {
    this.shown = shown;
    this.covers = covers;
  }

  /** The value last written under a key, whether the table shows it yet or not. */
  get(key: string): V | undefined {
    const [shown, written] = [this.shown(key), this.pending.get(key)];
    if (written === undefined) return shown;
    if (shown === undefined || !this.covers(shown, written)) return written;
    this.pending.delete(key);
    return shown;
  }

  add(key: string, written: V): void {
    this.pending.delete(key);
    this.pending.set(key, written);
    if (this.pending.size > CAPACITY) this.pending.delete(this.pending.keys().next().value!);
  }
}
