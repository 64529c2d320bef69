// Gathers the figures of a table: a value for each model, metric and thing scored.
import { type EvaluationRow, meanRow } from './evaluation.ts';

export class Figures {
  /** Values by model, then metric, both in the order of their first value. */
  readonly #values = new Map<string, Map<string, number[]>>();

  /** Adds what one model reached on one thing scored, in some metrics. */
  add(model: string, metrics: Readonly<Record<string, number>>): void {
    const own = this.#values.get(model) ?? new Map<string, number[]>();
    this.#values.set(model, own);
    for (const [metric, value] of Object.entries(metrics)) {
      const values = own.get(metric);
      if (values) values.push(value);
      else own.set(metric, [value]);
    }
  }

  /** A mean with its standard error over the things scored, for each model and metric. */
  rows(): EvaluationRow[] {
    return [...this.#values].flatMap(([model, metrics]) =>
      [...metrics].map(([metric, values]) => meanRow(model, metric, values)),
    );
  }
}
