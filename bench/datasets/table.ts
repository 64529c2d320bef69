// The table of the logs that were read, as it stands in docs/data-sets.md.
import type { ReadLog } from './read.ts';

const number = (value: number) => Math.round(value).toLocaleString('en');

const HEAD = [
  ...['set', 'rows', 'slates', 'feedback', 'repeated', 'dead otherwise', 'items', 'users'],
  ...['rows/s', 'peak MB'],
];

/** The table, and under it the dead letters of each log with their first reason. */
export function markdownOf(logs: readonly ReadLog[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = logs.map((log) => {
    const of = (repeated: boolean) =>
      log.dead.reduce((n, one) => n + ((one.code === 'row-duplicate') === repeated ? one.n : 0), 0);
    const closed = log.counted === log.rows ? '' : ` (${number(log.counted)} counted)`;
    return [
      `${log.name}`,
      `${number(log.rows)}${closed}`,
      ...[log.impressions, log.feedback, of(true), of(false), log.items, log.users].map(number),
      ...[log.rows / log.seconds, log.peakMb].map(number),
    ];
  });
  const reasons = logs.flatMap(({ name, dead }) =>
    dead.map(({ code, origin, n, reason }) => {
      return `- ${name}, ${origin}: ${number(n)} × ${code}. ${reason}`;
    }),
  );
  const rule = HEAD.map((_, column) => (column === 0 ? '---' : '---:'));
  return [
    line(HEAD),
    line(rule),
    ...rows.map(line),
    ...(reasons.length > 0 ? [''] : []),
    ...reasons,
  ].join('\n');
}
