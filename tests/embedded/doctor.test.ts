// What the doctor tries, not only looks at: a ClickHouse server is asked, the data directory written to.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { directory } from '../../infra/embedded/doctor/directory.ts';
import { externalParts } from '../../infra/embedded/doctor/external.ts';
import type { Checked } from '../../infra/embedded/doctor/finding.ts';
import { identify } from '../../infra/embedded/processes.ts';
import { runPath } from '../../infra/embedded/run-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'millrace-doctor-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const checked = (over: Partial<Checked>): Checked => ({
  llm: { roles: {} },
  partsDir: dir,
  dataDir: dir,
  host: '127.0.0.1',
  port: 1,
  sqlPort: 1,
  ...over,
});

describe('a ClickHouse server', () => {
  /** As a server with one user answers; the path `/page` as another program does. */
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://here');
    if (pathname === '/page') return void response.end('<!doctype html>');
    const known = request.headers['x-clickhouse-key'] === 'right/one';
    response.statusCode = known ? 200 : 403;
    const asked = searchParams.get('query') === 'select version()';
    response.end(known && asked ? '25.8.1.1\n' : 'Code: 516. Authentication failed\nmore');
  });
  const at = (login: string, path = '') =>
    `http://${login}127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());

  const found = async (url: string) =>
    (await externalParts(checked({ clickhouse: { url } }))).find(
      ({ part }) => part === 'ClickHouse',
    );

  it('is asked for its version, with the login', async () => {
    const finding = await found(at('reader:right%2Fone@'));
    expect(finding).toMatchObject({
      status: 'ok',
      what: expect.stringContaining('answers: version 25.8.1.1, as reader'),
    });
    expect(JSON.stringify(finding)).not.toContain('right');
  });

  it.each([
    ['refuses the login', () => at('reader:wrong@'), /403: Code: 516\. Authentication failed/],
    ['is another program', () => at('reader:right%2Fone@', '/page'), /not as ClickHouse does/],
    ['is not there', () => 'http://127.0.0.1:8', /ECONNREFUSED/],
  ])('that %s is told by what it says', async (_name, url, words) => {
    const finding = await found(url());
    expect(finding).toMatchObject({ status: 'missing', what: expect.stringMatching(words) });
    expect(finding?.todo).toMatch(/CLICKHOUSE_URL/);
  });
});

describe('the data directory', () => {
  it('is written to, and nothing is left in it', () => {
    expect(directory(checked({}))).toMatchObject({ status: 'ok', what: `${dir} can be written` });
    expect(directory(checked({ dataDir: join(dir, 'a', 'b') }))).toMatchObject({
      status: 'ok',
      what: expect.stringContaining('is not there yet and can be made'),
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('cannot be a file', () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    for (const dataDir of [file, join(file, 'below')]) {
      expect(directory(checked({ dataDir }))).toMatchObject({
        status: 'missing',
        what: `${file} is a file`,
        todo: expect.stringContaining('--data-dir'),
      });
    }
  });

  it('says when another Millrace works in it', () => {
    const lock = runPath(join(dir, 'used'), 'millrace');
    mkdirSync(join(dir, 'used', 'run'), { recursive: true });
    writeFileSync(lock, JSON.stringify(identify(process.pid)));
    expect(directory(checked({ dataDir: join(dir, 'used') }))).toMatchObject({
      status: 'warn',
      what: expect.stringContaining(`process ${process.pid}`),
    });
  });
});
