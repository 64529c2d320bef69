// Writes the docs that follow from the code; with --check it
// only says whether they are in step.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncApiDocument } from '../app/asyncapi.ts';
import { withTables } from '../app/config/docs.ts';
import { readConfig } from '../app/config/read.ts';
import { demoLayer } from '../app/demo/recommender.ts';
import { openApiDocument } from '../app/http/document.ts';
import { topologyOf } from '../app/topology.ts';
import { movielens } from '../datasets/movielens.ts';
import { keptResults } from '../evaluate/results/kept.ts';
import { resultsPage } from '../evaluate/results/page.ts';
import { PrometheusMetrics } from '../infra/metrics/prometheus.ts';
import { apiSeries, servingSeries } from '../infra/metrics/serving-series.ts';
import { tableOf } from '../infra/metrics/table.ts';
import { roles } from '../models/llm/roles.ts';
import { rulesOf } from '../schemas/border-doc.ts';
import { topics } from '../schemas/index.ts';
import { describeTopology } from '../streams/engine/describe.ts';
import { simulateEnricher } from '../streams/enrichers/simulate.ts';
import { nobody } from '../streams/topology.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const generated: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/topology.md': topology,
  'docs/metrics.md': metrics,
  'docs/results.md': () => resultsPage(keptResults(join(root, 'docs/results'))),
  'docs/border.md': () => withBlock('docs/border.md', 'rules', borderRules()),
  'docs/openapi.json': async () => `${JSON.stringify(await openApiDocument(), null, 2)}\n`,
  'docs/operations.md': async () => withBlock('docs/operations.md', 'series', await seriesTable()),
  'docs/asyncapi.json': asyncApi,
  'docs/llm.md': () => withBlock('docs/llm.md', 'roles', roles.table()),
  'docs/configuration.md': () =>
    withTables(readFileSync(join(root, 'docs/configuration.md'), 'utf8')),
};

/** The topology that `run` has without configuration, and what the demo has beside it. */
function topology(): string {
  const run = topologyOf(readConfig({}, { folder: null }), { llm: nobody });
  const over = demoLayer(movielens.attributionWindowMs);
  const demo = topologyOf(readConfig({}, { folder: null, over }), {
    llm: nobody,
    simulate: simulateEnricher,
  });
  const [stages, enrichers] = [
    added(run.stages, demo.stages),
    added(run.enrichers, demo.enrichers),
  ];
  return [
    describeTopology(run, topics).trimEnd(),
    '',
    '## What the demo adds',
    '',
    'This is what `millrace run` runs when nothing is configured. The demo has more variants, two candidates on their way into service, and somebody who answers the slates:',
    '',
    ...[...stages, ...enrichers].map(
      ({ name, doc, inputs, outputs }) =>
        `- \`${name}\`: ${doc} Reads ${listed(inputs)}; writes ${listed(outputs)}.`,
    ),
    '',
  ].join('\n');
}

const added = <T extends { readonly name: string }>(before: readonly T[], after: readonly T[]) =>
  after.filter(({ name }) => !before.some((one) => one.name === name));

const listed = (topics: readonly { readonly name: string }[]) =>
  topics.map(({ name }) => `\`${name}\``).join(', ');

/** A page with one block made anew: the text between `<!-- name -->` and `<!-- /name -->`. */
function withBlock(path: string, name: string, block: string): string {
  const page = readFileSync(join(root, path), 'utf8');
  const [before, rest] = page.split(`<!-- ${name} -->`);
  const [, after] = rest?.split(`<!-- /${name} -->`) ?? [];
  if (after === undefined) throw new Error(`${path} has no block ${name}`);
  return `${before}<!-- ${name} -->\n${block}\n<!-- /${name} -->${after}`;
}

/** The topics, and what `run` with every enricher reads and writes of them. */
function asyncApi(): string {
  const { stages, enrichers } = topologyOf(readConfig({}, { folder: null }), { llm: nobody });
  const steps = [...stages, ...enrichers];
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const kept = stages.flatMap(({ stores }) => stores.map(({ changelog }) => changelog));
  const looksUp = steps.flatMap(({ tables }) => tables.map(({ topic }) => topic));
  const flows = {
    reads: [...steps.flatMap(({ inputs }) => inputs), ...looksUp, ...kept],
    writes: [...steps.flatMap(({ outputs }) => outputs), ...kept],
  };
  return `${JSON.stringify(asyncApiDocument(topics, flows, version), null, 2)}\n`;
}

/** The series of a process, by its own registry. */
function seriesTable(): Promise<string> {
  const { registry } = new PrometheusMetrics({ stages: [], lags: async () => [] });
  servingSeries(registry);
  apiSeries(registry, []);
  return tableOf(registry);
}

/** Every topic with the rules of its fields, the order of the loop kept. */
function borderRules(): string {
  return topics
    .flatMap((topic) => [
      `## ${topic.name}`,
      '',
      `Key: ${topic.key}.`,
      '',
      '| field | rule |',
      '|---|---|',
      ...rulesOf(topic).map(({ field, says }) => `| \`${field}\` | ${says} |`),
      '',
    ])
    .join('\n');
}

/** Every view with what its header says: formula, unit, range, source. */
function metrics(): string {
  const folder = join(root, 'infra/clickhouse/views');
  const views = readdirSync(folder)
    .filter((file) => file.endsWith('.sql') && !file.startsWith('_'))
    .sort();
  return [
    '# Metrics',
    '',
    'Generated by `npm run docs` from the headers of `infra/clickhouse/views`; do not edit.',
    'Each is a view: `npm run millrace -- sql "select * from <name>"`.',
    '',
    ...views.flatMap((file) => section(file, readFileSync(join(folder, file), 'utf8'))),
  ].join('\n');
}

function section(file: string, sql: string): string[] {
  const comments = sql.split('\n').filter((line) => line.startsWith('--'));
  const [title = '', ...rest] = comments.map((line) => line.slice(2));
  // A label begins a point; a line indented further goes on with it.
  const points: string[] = [];
  for (const line of rest) {
    if (/^ [A-Z]\w*:/.test(line) || points.length === 0) points.push(line.trim());
    else points[points.length - 1] += ` ${line.trim()}`;
  }
  return [
    `## ${file.replace('.sql', '')}`,
    '',
    title.trim(),
    '',
    ...points.map((p) => `- ${p}`),
    '',
  ];
}

const check = process.argv.includes('--check');
for (const [path, make] of Object.entries(generated)) {
  const target = join(root, path);
  const text = await make();
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  if (check) {
    process.stderr.write(`${path} is not in step with the code: run npm run docs\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    process.stderr.write(`wrote ${path}\n`);
  }
}
