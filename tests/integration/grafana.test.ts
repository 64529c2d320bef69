// Grafana's dashboards ask for what is there: every query of theirs runs against a running Millrace, SQL as
// Grafana's plugin asks it (clickhouse-go over HTTP), and every series of a PromQL query is in /metrics.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { clients } from '../clients/clients.ts';
import { installed, runProgram, whyMissing } from '../clients/run.ts';
import { type Served, serveFilms } from '../clients/served.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { millrace, type Run, said } from '../support/millrace.ts';

interface Panel {
  title: string;
  targets: { expr?: string; rawSql?: string; legendFormat?: string }[];
}

const panelsOf = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../infra/grafana/dashboards/${name}.json`, import.meta.url), 'utf8'),
  ).panels as Panel[];

/** What the plugin makes of its macros, for a time range of all of history. */
const expanded = (sql: string) =>
  sql.replaceAll(
    /\$__timeFilter\((\w+)\)/g,
    '$1 >= toDateTime(1500000000) AND $1 <= toDateTime(1900000000)',
  );

const queries = panelsOf('views').flatMap(({ targets }) =>
  targets.map(({ rawSql = '' }) => expanded(rawSql)),
);

const go = clients.find(({ language }) => language.startsWith('Go'))!;
const noGo = await whyMissing(go);
const dataDir = mkdtempSync(join(tmpdir(), 'millrace-grafana-'));
let running: Run;
let films: Served;
let metrics: string;
let sqlUrl: string;

beforeAll(async () => {
  films = await serveFilms();
});

afterAll(async () => {
  running?.child.kill('SIGKILL');
  await running?.ended;
  await films[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

describeOnInfra('dashboards of Grafana', () => {
  beforeAll(async () => {
    const { brokers, registryUrl } = await startInfra();
    running = millrace(['--data-dir', dataDir, 'run'], {
      KAFKA_BROKERS: brokers,
      SCHEMA_REGISTRY_URL: registryUrl,
      TOPIC_PREFIX: `grafana-${randomUUID().slice(0, 8)}.`,
    });
    const [, sql] = await said(running, /SQL \(read-only, ClickHouse dialect\): (\S+)/);
    const [, operations] = await said(running, /Operations: (\S+)\/metrics/);
    await said(running, /Running .*serve/);
    sqlUrl = sql!;
    metrics = await (await fetch(`${operations}/metrics`)).text();
  }, 240_000);

  const series = panelsOf('metrics').flatMap(({ title, targets }) =>
    targets.map(({ expr = '', legendFormat = '' }) => [title, expr, legendFormat] as const),
  );

  it.each(series)('%s: %s', (_title, expr, legendFormat) => {
    const known = new Map(
      [...metrics.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]),
    );
    const named = expr.match(/\b(millrace|nodejs|process)_\w+/g)!;
    expect(named).not.toHaveLength(0);
    for (const name of named) {
      const base = name.replace(/_bucket$/, '');
      expect([name, known.has(base)]).toEqual([name, true]);
      // A rate is of a counter or of a histogram's buckets.
      if (new RegExp(`(rate|increase)\\(${name}`).test(expr))
        expect([name, known.get(base)]).toEqual([name, base === name ? 'counter' : 'histogram']);
    }
    // Labels that are shown are labels that are kept.
    const kept = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? [];
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(kept).toContain(label);
    expect(expr.split('(')).toHaveLength(expr.split(')').length);
  });

  (noGo ? it.skip : it)(
    `SQL, by clickhouse-go${noGo ? `: ${noGo}` : ''}`,
    async () => {
      expect(queries.length).toBeGreaterThan(8);
      const folder = await installed(go, readConfig().partsDir);
      for (const url of [sqlUrl, films.url]) {
        const { failed } = await runProgram(go, folder, [url, 'queries'], JSON.stringify(queries));
        expect([url, failed]).toEqual([url, []]);
      }
    },
    300_000,
  );

  it.each(queries)('%s', async (query) => {
    for (const url of [sqlUrl, films.url]) {
      const search = new URLSearchParams({
        default_format: 'Native',
        client_protocol_version: '54460',
        max_execution_time: '60',
      });
      const answer = await fetch(`${url}/?${search}`, { method: 'POST', body: query });
      expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([200, '']);
    }
  });

  it('the data that is shown is there', async () => {
    const [slates = '', clicks = '', rates = ''] = queries;
    const rowsOf = async (query: string) =>
      (
        await (
          await fetch(films.url, { method: 'POST', body: `${query} format JSONEachRow` })
        ).text()
      )
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    expect(await rowsOf(slates)).toEqual([
      { time: '2020-01-10 00:00:00', variant: 'a', slates: 1 },
    ]);
    expect(await rowsOf(clicks)).toEqual([
      { time: '2020-01-10 00:00:00', source: 'logged', clicks: 1 },
    ]);
    expect(await rowsOf(rates)).toMatchObject([
      { variant: 'a', source: 'logged', shown: 2, clicks: 1, ctr: 0.5 },
    ]);
  });
});
