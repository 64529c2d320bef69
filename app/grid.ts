/**
 * Text in columns as wide as their widest cell. The first column stands to the left, the others to
 * the right, or to the left if so asked.
 */
export function grid(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  others: 'left' | 'right' = 'right',
): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((r) => r[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) =>
        i === 0 || others === 'left' ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
      )
      .join('   ')
      .trimEnd();
  return [line(head), ...rows.map(line)].join('\n');
}
