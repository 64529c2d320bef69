// The examples of the HTTP interface, run as their reader would run them.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { type MemoryApi, openMemoryApi } from '../support/memory-api.ts';

const folder = fileURLToPath(new URL('../../examples/http/', import.meta.url));
const own = ['--conditions=millrace-source', '--no-warnings'];

const examples = [
  { file: 'loop.sh', command: 'sh', args: [] },
  { file: 'loop.py', command: 'python3', args: [] },
  { file: 'loop.ts', command: process.execPath, args: own },
] as const;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const child = spawn(command, args, { env: { ...process.env, NODE_OPTIONS: '', ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

const served = (): Promise<MemoryApi> => openMemoryApi({ tokens: { shop: ['read', 'write'] } });

it.each(examples)(
  '$file asks, retries and tells what was clicked',
  async ({ file, command, args }) => {
    await using api = await served();
    const env = { MILLRACE_URL: api.url, MILLRACE_TOKEN: api.tokens.shop! };
    const { code, output } = await run(command, [...args, `${folder}${file}`], env);
    expect([output, code]).toEqual([expect.stringMatching(/saw served-\S+ and clicked \w+/), 0]);
    const [slate, ...others] = api.runtime.events(impressions);
    expect(others).toEqual([]);
    const [click] = api.runtime.events(clicks);
    expect(click).toMatchObject({
      impressionId: slate!.impressionId,
      userId: slate!.userId,
      itemId: slate!.items[0]!.itemId,
    });
    expect(output).toContain(`${slate!.impressionId} and clicked ${click!.itemId}`);
  },
);

it('rules.ts pins a product, sees it on top with propensity 1, and takes the rule down', async () => {
  await using api = await openMemoryApi({ tokens: { shop: ['admin'] } });
  const env = { MILLRACE_URL: api.url, MILLRACE_TOKEN: api.tokens.shop! };
  const { code, output } = await run(process.execPath, [...own, `${folder}rules.ts`], env);
  expect([output, code]).toEqual([
    'chair is pinned, with propensity 1\nrules: today (pin)\nrules left: 0\n',
    0,
  ]);
});

it.each(examples)(
  '$file ends with what the server says where it is refused',
  async ({ file, command, args }) => {
    await using api = await served();
    const env = { MILLRACE_URL: api.url, MILLRACE_TOKEN: 'millrace_wrong' };
    const { code, output } = await run(command, [...args, `${folder}${file}`], env);
    expect(code).not.toBe(0);
    expect(output).toContain('The token is not known here.');
  },
);
