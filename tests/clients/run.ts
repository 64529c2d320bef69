// Installs a client and runs its program against an endpoint.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, run, works } from '../../infra/embedded/command.ts';
import { fillAside } from '../../infra/embedded/layout.ts';
import type { Client } from './clients.ts';

export interface Row {
  client: string;
  version: string;
  ok: boolean;
  /** What was tried. */
  checks: string[];
  /** What failed, and why. */
  failed: string[];
}

/** Longest time of a client's program, ms. */
const programMs = 120_000;

/** Why a client cannot be tried here; undefined if it can. */
export async function whyMissing({ needs }: Client): Promise<string | undefined> {
  const [command, ...args] = needs;
  return (await works(command, args)) ? undefined : `\`${needs.join(' ')}\` does not work here`;
}

/** The folder of an installed client, made where it is missing. @throws Error with the tool's last words */
export async function installed(client: Client, partsDir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of client.files) hash.update(readFileSync(file));
  const name = client.name.replaceAll(/[^A-Za-z0-9]+/g, '-');
  const target = join(partsDir, `client-${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(target)) return target;
  await fillAside(partsDir, target, async (temporary) => {
    const made = join(temporary, 'made');
    mkdirSync(made);
    for (const [command, ...args] of client.install(made)) {
      const { code, output } = await run(command, args);
      if (code !== 0) throw new Error(`${command} could not install it: ${lastLines(output)}`);
    }
    return made;
  });
  return target;
}

/** Runs a client's program. @param args after the address
 * @returns what it prints: its version, what it checked, what failed */
export function runProgram(
  client: Client,
  folder: string,
  args: string[],
  input = '',
): Promise<Pick<Row, 'version' | 'checks' | 'failed'>> {
  const [command, ...words] = client.program(folder);
  const env = { ...process.env, ...client.environment?.(folder) };
  const child = spawn(command, [...words, ...args], { env, timeout: programMs });
  let output = '';
  let complaints = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    complaints += data;
  });
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const line = output.trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line));
      else reject(new Error(`it ended with ${code}: ${lastLines(complaints || output)}`));
    });
  });
}

/** Installs and tries one client. A client that cannot be had is a row that is not ok, and says why. */
export async function tryClient(
  client: Client,
  { partsDir, url, titles }: { partsDir: string; url: string; titles: number },
): Promise<Row> {
  const { name, version } = client;
  const failedBy = (why: string): Row => ({
    ...{ client: name, version, ok: false, checks: [] },
    failed: [why],
  });
  const missing = await whyMissing(client);
  if (missing) return failedBy(missing);
  try {
    const folder = await installed(client, partsDir);
    const found = await runProgram(client, folder, [url, String(titles)]);
    const { checks } = found;
    const failed = [...found.failed];
    if (found.version !== version) failed.push(`it is ${found.version}, and ${version} is pinned`);
    return { client: name, version, ok: failed.length === 0, checks, failed };
  } catch (error) {
    return failedBy(error instanceof Error ? error.message : String(error));
  }
}
