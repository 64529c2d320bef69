// An evaluation for people: a line for each model, a column for each metric, a table for each span.
import { grid } from '../app/grid.ts';
import type { Evaluation, EvaluationRow } from '../models/evaluation/evaluation.ts';

export function evaluationText({ protocol, dataset, n, seed, rows }: Evaluation): string {
  const spans = [...new Set(rows.map(({ span }) => span))];
  const tables = spans.map((span) => tableOf(rows, span, spans.length > 1));
  return [`${protocol} on ${dataset}, n = ${n}, seed ${seed}`, ...tables].join('\n\n');
}

function tableOf(rows: readonly EvaluationRow[], span: string, named: boolean): string {
  const own = rows.filter((row) => row.span === span);
  const metrics = [...new Set(own.map(({ metric }) => metric))];
  const models = [...new Set(own.map(({ model }) => model))];
  const cell = (model: string, metric: string) => {
    const row = own.find((one) => one.model === model && one.metric === metric);
    if (!row) return '-';
    const error = row.standardError === undefined ? '' : ` ± ${row.standardError.toFixed(4)}`;
    return `${row.value.toFixed(4)}${error}`;
  };
  // Many metrics of few models, such as estimators, read better down the page.
  const down = metrics.length > 2 * models.length && metrics.length > 8;
  const [lines, columns] = down ? [metrics, models] : [models, metrics];
  return grid(
    [named ? span : '', ...columns],
    lines.map((line) => [
      line,
      ...columns.map((column) => (down ? cell(column, line) : cell(line, column))),
    ]),
  );
}
