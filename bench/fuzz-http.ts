// Fuzzes the HTTP interface from the outside, by its OpenAPI document: schemathesis, in a virtual environment
// of its own, against a server in memory or one that runs. It looks at every answer itself, too.
//
//   npm run fuzz:http -- --seconds 300 --json
//   npm run fuzz:http -- --url http://127.0.0.1:8090 --token TOKEN
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { impressionUnknown } from '../app/explain/read.ts';
import { openMemoryApi } from '../tests/support/memory-api.ts';
import { type Exchange, failedChecks, judged } from './fuzz/judge.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    url: { type: 'string' },
    token: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const wanted = 'schemathesis==4.32.5';

/**
 * Checks that are left out: a time ahead of the clock is refused, which no schema can say
 * (positive_data_acceptance); tokens have tests of their own, for the tool sends its token with every request
 * (ignored_auth).
 */
const leftOut = 'positive_data_acceptance,ignored_auth';

const folder = mkdtempSync(join(tmpdir(), 'millrace-fuzz-'));
try {
  await using api = values.url ? undefined : await served();
  const { url, token } = api
    ? { url: api.url, token: api.tokens.fuzz! }
    : { url: values.url!, token: values.token ?? '' };
  const failed = await fuzz(url, token);
  const exchanges = exchangesIn(folder);
  const found = {
    seed: values.seed,
    seconds: Number(values.seconds),
    ...judged(exchanges, token),
    failedChecks: failed,
  };
  process.stdout.write(`${values.json ? JSON.stringify(found) : shown(found)}\n`);
  const isClean =
    failed === 0 && found.serverErrors === 0 && found.leaks.length === 0 && found.unanswered === 0;
  process.exitCode = isClean && found.requests > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

/** A server in memory; every impression that is asked about is unknown. */
function served() {
  const explain = async (id: string) => {
    throw impressionUnknown(id);
  };
  return openMemoryApi({ tokens: { fuzz: ['admin'] }, ports: { explain } });
}

/** @returns the number of checks that failed */
function fuzz(url: string, token: string): Promise<number> {
  execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(join(folder, 'bin/pip'), [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    wanted,
  ]);
  const report = join(folder, 'report');
  const args = [
    ...['run', `${url}/v1/openapi.json`, '--max-time', values.seconds, '--seed', values.seed],
    ...['--continue-on-failure', '--request-timeout', '10', '--exclude-checks', leftOut],
    ...['--header', `authorization: Bearer ${token}`, '--generation-database', 'none'],
    ...[
      '--report',
      'har',
      '--report-dir',
      report,
      '--output-sanitize',
      'false',
      '--warnings',
      'off',
    ],
  ];
  const child = spawn(join(folder, 'bin/schemathesis'), args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      const ended = code === 0 || /Test cases:/.test(output);
      const failed = ended ? failedChecks(output) : 1;
      if (failed > 0) {
        const kept = join(tmpdir(), 'millrace-fuzz.txt');
        writeFileSync(kept, output);
        process.stderr.write(`What schemathesis said is in ${kept}\n`);
      }
      resolve(failed);
    });
  });
}

function exchangesIn(path: string): Exchange[] {
  const report = join(path, 'report');
  const file = readdirSync(report).find((name) => name.endsWith('.json') || name.endsWith('.har'));
  return JSON.parse(readFileSync(join(report, file!), 'utf8')).log.entries as Exchange[];
}

function shown({
  requests,
  statuses,
  serverErrors,
  unanswered,
  leaks,
  slowestMs,
  p99Ms,
  failedChecks: failed,
  seed,
}: ReturnType<typeof judged> & { seed: string; failedChecks: number }): string {
  return [
    `${requests} requests (seed ${seed}), by status: ${Object.entries(statuses)
      .map(([status, n]) => `${status} ${n}`)
      .join(', ')}`,
    `5xx: ${serverErrors}; without an answer: ${unanswered}; leaks: ${leaks.length === 0 ? 'none' : leaks.join(' | ')}`,
    `slowest ${slowestMs} ms, p99 ${p99Ms} ms; checks of schemathesis: ${failed === 0 ? 'passed' : `${failed} failed`}`,
  ].join('\n');
}
