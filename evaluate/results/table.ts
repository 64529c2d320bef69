// The one form of a table of results: a line a model, a column a metric; or the other way round where a few
// models have many metrics.
import type { Published } from './kept.ts';
import type { SummaryRow } from './summary.ts';

export interface ResultTable {
  readonly head: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

/**
 * The table of one span of the stream.
 * @param published figures of others, below ours; their metrics that ours do not have are left out
 */
export function resultTable(
  rows: readonly SummaryRow[],
  published: readonly Published[] = [],
): ResultTable {
  const metrics = [...new Set(rows.map(({ metric }) => metric))];
  const own = [...new Set(rows.map(({ model }) => model))];
  const sources = sourcesOf(published);
  const others = published
    .map((one) => ({ ...one, name: `${one.model} [${sources.indexOf(sourceOf(one)) + 1}]` }))
    .filter(({ values }) => metrics.some((one) => values[one] !== undefined));
  const cell = (model: string, metric: string) => {
    const row = rows.find((one) => one.model === model && one.metric === metric);
    return row ? cellOf(row) : '-';
  };
  const lines = [
    ...own.map((model) => [model, ...metrics.map((metric) => cell(model, metric))]),
    ...others.map(({ name, values }) => [
      name,
      ...metrics.map((metric) => (values[metric] === undefined ? '-' : figure(values[metric]))),
    ]),
  ];
  const head = ['', ...metrics];
  const down = metrics.length > 2 * own.length && metrics.length > 8;
  if (!down) return { head, lines };
  const turned = head.map((_, column) => [head, ...lines].map((line) => line[column]!));
  return { head: turned[0]!, lines: turned.slice(1) };
}

/** The sources of figures of others, each once; the table counts them from 1. */
export const sourcesOf = (published: readonly Published[]): string[] => [
  ...new Set(published.map(sourceOf)),
];

const sourceOf = ({ source, note }: Published) =>
  note === undefined ? source : `${source}: ${note}`;

/** `value ± error over what was scored (± error over the seeds)`; what is unknown or shows as 0 is left out. */
function cellOf({ value, standardError, seedError = 0 }: SummaryRow): string {
  const own = standardError === undefined ? '' : ` ± ${figure(standardError)}`;
  const apart = figure(seedError);
  const seeds = Number(apart) > 0 ? ` (± ${apart})` : '';
  return `${figure(value)}${own}${seeds}`;
}

/** Four decimals below 10, two below 1000, none above. */
function figure(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 10 ? 4 : size < 1000 ? 2 : 0);
}
