// The network of one worker: a link to each broker. What fails in it fails in all of them, or in one.
import { Link, type Trap } from './link.ts';

export class Links implements AsyncDisposable {
  /** In the order of the brokers. */
  readonly toBrokers: readonly Link[];

  private constructor(toBrokers: readonly Link[]) {
    this.toBrokers = toBrokers;
    // The records that a late request comes after may go to any of the brokers.
    const deliverLate = () => {
      for (const link of toBrokers) link.deliverLate();
    };
    for (const link of toBrokers) link.onProduce = deliverLate;
  }

  /** @param index number of the worker @param targets ports of the brokers */
  static async open(index: number, targets: readonly number[]): Promise<Links> {
    return new Links(await Promise.all(targets.map((target) => Link.open(index, target))));
  }

  /** Where the worker is told that the brokers are. */
  get addresses(): string[] {
    return this.toBrokers.map(({ port }) => `127.0.0.1:${port}`);
  }

  cut(): void {
    for (const link of this.toBrokers) link.cut();
  }

  hold(): void {
    for (const link of this.toBrokers) link.hold();
  }

  release(): void {
    for (const link of this.toBrokers) link.release();
  }

  /** Everything arrives so much later, ms. */
  slow(latencyMs: number): void {
    for (const link of this.toBrokers) link.slow(latencyMs);
  }

  set(trap: Trap): void {
    for (const link of this.toBrokers) link.set(trap);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.toBrokers.map((link) => link[Symbol.asyncDispose]()));
  }
}
