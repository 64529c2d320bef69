// docs/operations.md tells of the series there are, as they are, and alerts on no others.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PrometheusMetrics } from '../../infra/metrics/prometheus.ts';
import { apiSeries, servingSeries } from '../../infra/metrics/serving-series.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const { registry } = new PrometheusMetrics({ stages: ['serve'], lags: async () => [] });
servingSeries(registry);
apiSeries(registry, []);

interface Declared {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

const declared = registry.getMetricsAsArray() as unknown as Declared[];

describe('docs/operations.md', () => {
  it('has a row for each series: its type, labels and help', async () => {
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| `millrace_'))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, name, type, labels, what]) => ({
        name: name!.replaceAll('`', ''),
        type,
        labels: labels ? labels.replaceAll('`', '').split(', ') : [],
        what,
      }));
    const types = new Map(
      (await registry.getMetricsAsJSON()).map(({ name, type }) => [name, type]),
    );
    const series = declared
      .filter(({ name }) => name.startsWith('millrace_'))
      .map(({ name, help, labelNames }) => {
        return { name, type: String(types.get(name)), labels: [...labelNames], what: help };
      });
    expect(series.length).toBeGreaterThan(9);
    expect(rows).toEqual(series);
  });

  it('names only series that are there, in its text and its alerts', () => {
    const names = declared.map(({ name }) => name);
    const said = [...page.matchAll(/\b(?:millrace|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
      name.replace(/_(bucket|count|sum)$/, ''),
    );
    expect(new Set(said).size).toBeGreaterThan(12);
    expect(said.filter((name) => !names.includes(name))).toEqual([]);
    const alerts = [...page.matchAll(/^ +- alert: /gm)].length;
    expect(alerts).toBeGreaterThan(3);
    expect([...page.matchAll(/^ +expr: /gm)]).toHaveLength(alerts);
  });
});
