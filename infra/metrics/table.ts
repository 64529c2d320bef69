// The series of a registry as a table of Markdown, for docs/operations.md.
import type { Registry } from 'prom-client';

/** What prom-client knows of a series and does not declare (15.1.3). */
interface Declared {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** One row for each series of ours, in the order in which they were made. */
export async function tableOf(registry: Registry): Promise<string> {
  const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, type]));
  const declared = registry.getMetricsAsArray() as unknown as Declared[];
  const rows = declared
    .filter(({ name }) => name.startsWith('millrace_'))
    .map(({ name, help, labelNames }) => {
      const labels = labelNames.map((label) => `\`${label}\``).join(', ');
      return `| \`${name}\` | ${types.get(name)} | ${labels} | ${help} |`;
    });
  return ['| series | type | labels | what |', '|---|---|---|---|', ...rows].join('\n');
}
