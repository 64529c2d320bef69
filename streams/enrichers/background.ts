// Work that goes on after an event was handled: the log is never held up for a language model.

export class Background {
  private readonly running = new Set<Promise<unknown>>();

  /** @param work a promise that never rejects */
  add(work: Promise<unknown>): void {
    const tracked = work.finally(() => this.running.delete(tracked));
    this.running.add(tracked);
  }

  /** Resolves once no work goes on, counting work begun in the meantime. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }
}
