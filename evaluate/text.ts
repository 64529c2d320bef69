// An evaluation for people: the tables of results, one for each span of the stream.
import { grid } from '../app/grid.ts';
import type { Summary } from './results/summary.ts';
import { resultTable } from './results/table.ts';

/** @param about name of the protocol and of the data set */
export function evaluationText(
  about: { readonly protocol: string; readonly dataset: string },
  { n, seeds, rows }: Summary,
): string {
  const spans = [...new Set(rows.map(({ span }) => span))];
  const tables = spans.map((span) => {
    const { head, lines } = resultTable(rows.filter((row) => row.span === span));
    return grid([spans.length > 1 ? span : '', ...head.slice(1)], lines);
  });
  const many = seeds.length > 1 ? 'seeds' : 'seed';
  const first = `${about.protocol} on ${about.dataset}, n = ${n.join(' to ')}, ${many} ${seeds.join(', ')}`;
  return [first, ...tables].join('\n\n');
}
