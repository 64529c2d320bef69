// How often items were taken around a time: counts by week.
import type { TimedHistory } from './timed-history.ts';

export class TimedPopularity {
  readonly #period: number;
  readonly #first: number;
  /** Counts by period, then item. */
  readonly #counts: Map<number, number>[] = [];

  /** @param period length of a period, ms */
  constructor(histories: readonly TimedHistory[], period: number) {
    this.#period = period;
    let first = Number.POSITIVE_INFINITY;
    for (const { times } of histories) for (const at of times) first = Math.min(first, at);
    this.#first = first;
    for (const { items, times } of histories) {
      for (const [n, at] of times.entries()) this.#count(this.#periodOf(at), items[n]!);
    }
  }

  /**
   * Fills a column with ln(1 + times taken) in the periods `from` to `to` around that of `at`; with zeros
   * if there is no time.
   */
  fill(at: number | undefined, from: number, to: number, column: Float64Array): void {
    column.fill(0);
    if (at === undefined) return;
    const period = this.#periodOf(at);
    for (let p = Math.max(0, period + from); p <= period + to; p++) {
      for (const [item, times] of this.#counts[p] ?? []) column[item]! += times;
    }
    for (let item = 0; item < column.length; item++) {
      if (column[item] !== 0) column[item] = Math.log1p(column[item]!);
    }
  }

  #periodOf(at: number): number {
    return Math.floor((at - this.#first) / this.#period);
  }

  #count(period: number, item: number): void {
    while (this.#counts.length <= period) this.#counts.push(new Map());
    const counts = this.#counts[period]!;
    counts.set(item, (counts.get(item) ?? 0) + 1);
  }
}
