// `millrace config` as its user runs it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { millrace } from '../support/millrace.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-config-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, yaml: string): string {
  const path = join(folder, name);
  writeFileSync(path, yaml);
  return path;
}

async function run(args: string[], env: Record<string, string> = {}) {
  const { output, ended } = millrace(['config', ...args], env);
  return { code: await ended, ...output };
}

const good = file(
  'good.yaml',
  'variants: [{ name: a, policy: ppo }, { name: b, policy: popularity }]\ncandidates: [{ variant: a }]\nkafka: { brokers: [k:1], sasl: { username: u, password: hunter2 } }\n',
);
const bad = file('bad.yaml', 'variants:\n  - name: a\n  - { name: a, policy: ppo }\n');

it('gives what holds on one line, without secrets', async () => {
  const { code, out } = await run(['--json', '--config', good]);
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(1);
  expect(out).not.toContain('hunter2');
  expect(JSON.parse(out)).toMatchObject({
    variants: [
      { name: 'a', policy: 'ppo', share: 1 },
      { name: 'b', policy: 'popularity', share: 1 },
    ],
    candidates: [{ variant: 'a', incumbent: 'b' }],
    incumbent: 'b',
  });
}, 60_000);

it('prints the source of every value', async () => {
  const { code, out } = await run(['--config', good, '--port', '9'], { TOPIC_PREFIX: 'p.' });
  expect(code).toBe(0);
  expect(out).toMatch(/^variants\.0\.policy +ppo +file .*good\.yaml:1$/m);
  expect(out).toMatch(/^port +9 +flag --port$/m);
  expect(out).toMatch(/^topics\.prefix +p\. +environment TOPIC_PREFIX$/m);
  expect(out).toMatch(/^seed +1 +default$/m);
}, 60_000);

it('checks a file, and says what is wrong', async () => {
  expect(await run(['--check', good])).toMatchObject({
    code: 0,
    out: `${good} can be used.\n`,
  });
  const { code, out, err } = await run(['--check', bad]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('Error (config-invalid)');
  expect(err).toContain(`variants.0.policy: the name of a policy is wanted (${bad}:2)`);
}, 60_000);
