// docs/your-data.md, followed block by block in an empty folder: from files with names of their own to answers
// that differ by customer, and their rate in SQL.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { type Run, said } from '../support/millrace.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/your-data.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
/** The one block with such a text in it. */
function block(text: string): string {
  const found = blocks.filter((one) => one.includes(text));
  expect(found).toHaveLength(1);
  return found[0]!;
}

const minute = 60_000;
const begun = performance.now();
const { PATH: path } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'millrace-your-data-'));
const env: Record<string, string> = {
  NODE_OPTIONS: '',
  TOPIC_PREFIX: `shop-${randomUUID().slice(0, 8)}.`,
  MILLRACE_DATA_DIR: join(folder, 'data'),
  PATH: [folder, path].join(delimiter),
};
let running: Run | undefined;
/** Address that the page has, and the one that there is: a taken port is stepped over. */
let address = 'http://127.0.0.1:8090';

function shell(text: string): Run {
  const own = text.replaceAll('http://127.0.0.1:8090', address);
  const child = spawn('bash', ['-euo', 'pipefail', '-c', own], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (output.out += chunk));
  child.stderr.on('data', (chunk) => (output.err += chunk));
  return { child, output, ended: new Promise((resolve) => child.once('close', resolve)) };
}

/** What a block prints. */
async function follow(text: string): Promise<string> {
  const { output, ended } = shell(text);
  const code = await ended;
  if (code !== 0) throw new Error(`${text}ended with ${code}:\n${output.out}${output.err}`);
  return output.out;
}

async function until<T>(ask: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await ask();
    if (holds(found)) return found;
    await sleep(500);
  }
}

interface Slate {
  impressionId: string;
  version: number;
  items: { itemId: string; propensity: number }[];
}

const recommend = async (text: string) => JSON.parse(await follow(text)) as Slate;

beforeAll(() => {
  for (const name of ['examples', 'node_modules']) {
    symlinkSync(realpathSync(join(root, name)), join(folder, name));
  }
  // `npm run millrace -- …` of a clone, without the set-up before it.
  const npm = `#!/bin/sh\nshift 3\nexec "${process.execPath}" --no-warnings "${join(root, 'bin/millrace.ts')}" "$@"\n`;
  writeFileSync(join(folder, 'npm'), npm);
  chmodSync(join(folder, 'npm'), 0o755);
});
afterAll(async () => {
  running?.child.kill('SIGTERM');
  await running?.ended;
  rmSync(folder, { recursive: true, force: true });
});

describeOnInfra('docs/your-data.md', () => {
  it(
    "begins with a broker and a registry of one's own",
    async () => {
      expect(block('export KAFKA_BROKERS')).toMatch(/KAFKA_BROKERS=\S+ SCHEMA_REGISTRY_URL=\S+\n$/);
      const { brokers, registryUrl } = await startInfra();
      Object.assign(env, {
        KAFKA_BROKERS: [brokers].flat().join(),
        SCHEMA_REGISTRY_URL: registryUrl,
      });
    },
    3 * minute,
  );

  it(
    'makes a mapping of files, as the page shows it',
    async () => {
      await follow(block('make-shop.ts'));
      const printed = await follow(block('init --from'));
      const [, yaml] = /^```yaml\n([\s\S]*?)^```$/m.exec(page)!;
      const shown = yaml!.split('\n').slice(1).join('\n').trimEnd();
      expect(printed).toContain(shown);
      expect(readFileSync(join(folder, 'millrace.yaml'), 'utf8')).toBe(printed);
      expect(await follow(block('map --dry-run'))).toMatch(
        /read 6924 = mapped 6924 \+ refused 0\n$/,
      );
    },
    3 * minute,
  );

  it(
    'imports the history, and nothing at the second time',
    async () => {
      const [, sum] = /^```\n(read .*)\n```$/m.exec(page)!;
      expect((await follow(block('millrace -- import'))).trimEnd().split('\n').at(-1)).toBe(sum);
      expect(await follow(block('millrace -- import'))).toBe(
        'Nothing is new: read 0 = mapped 0 + refused 0\n',
      );
    },
    5 * minute,
  );

  it(
    'answers each customer by what they bought',
    async () => {
      running = shell(`exec ${block('millrace -- run')}`);
      [, address] = (await said(running, /HTTP: (http:\S+?)\/v1/)) as unknown as [string, string];
      const ask = block('/v1/recommend');
      // The history has 6,000 slates; the last windows are closed by what comes later.
      await until(
        () => recommend(ask),
        ({ version }) => version >= 5_000,
      );
      const departments = ['garden', 'kitchen', 'toys', 'books'];
      const slates = await Promise.all(
        Array.from({ length: 40 }, async (_, who) => {
          const { items } = await recommend(
            ask.replace('customer-3', `customer-${who}`).replace('answer.json', '/dev/null'),
          );
          const own = items.filter(({ itemId }) => (Number(itemId.slice(1)) - 100) % 4 === who % 4);
          return own.length / items.length;
        }),
      );
      // By chance a quarter of a slate is of the department that a customer buys in.
      const share = slates.reduce((sum, one) => sum + one, 0) / slates.length;
      expect(departments).toHaveLength(4);
      expect(share).toBeGreaterThan(0.45);
      const slate = await recommend(ask);
      expect(slate.items).toHaveLength(5);
      for (const { propensity } of slate.items) expect(propensity).toBeGreaterThan(0);
    },
    6 * minute,
  );

  it(
    'has the rate in SQL, and every row of the history once',
    async () => {
      await follow(block('/v1/feedback'));
      const [rate, accounting] = block('ctr_by_variant').trimEnd().split('\n');
      const sql = async (text: string) =>
        JSON.parse(await follow(text.replace(' sql ', ' sql --json '))) as Record<string, number>[];
      const [served] = await until(
        () => sql(rate!),
        ([first]) => Number(first?.clicks) > 0,
      );
      expect(Number(served!.clicks)).toBe(1);
      expect(Number(served!.ctr)).toBeCloseTo(1 / Number(served!.shown), 10);
      const [row] = await until(
        () => sql(accounting!),
        ([first]) => Number(first?.lost) === 0,
      );
      expect(row).toMatchObject({ read: 6864, inExamples: 6000, duplicated: 0 });
    },
    4 * minute,
  );

  it('took minutes, not an hour', () => {
    expect((performance.now() - begun) / minute).toBeLessThan(12);
  });
});
