// What an enricher has written and its table does not show yet. A table is fed by its topic alone, which
// takes a moment; until then the enricher remembers by itself, so that nothing is made twice.

/** Writes remembered at most; of more, the oldest are forgotten, and may be made once more. */
const CAPACITY = 10_000;

export class PendingWrites<V> {
  private readonly pending = new Map<string, V>();
  private readonly shown: (key: string) => V | undefined;
  private readonly covers: (shown: V, written: V) => boolean;

  /**
   * @param shown what the table has of a key
   * @param covers whether what the table shows stands for what was written. @default anything does
   */
  constructor(
    shown: (key: string) => V | undefined,
    covers: (shown: V, written: V) => boolean = () => true,
  ) {
    this.shown = shown;
    this.covers = covers;
  }

  /** What was written last under a key, by the table or on its way there. */
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
