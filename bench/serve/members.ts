// The processes that are asked: `millrace run serve`, each with a directory of its own, and the two that they
// are compared with.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { say } from '../support/broker.ts';

export interface Served extends AsyncDisposable {
  /** Address of its HTTP interface, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Ends it as a failing machine does. */
  kill(): void;
}

/** What every process is told: where broker and registry are, and how many partitions there are. */
export type Surroundings = Readonly<Record<string, string>>;

const millrace = fileURLToPath(new URL('../../bin/millrace.ts', import.meta.url));

/** Starts a member, and waits until it runs. @param name of its directory */
export async function startMember(
  name: string,
  directory: string,
  surroundings: Surroundings,
): Promise<Served> {
  const dataDir = join(directory, name);
  mkdirSync(dataDir, { recursive: true });
  const flags = ['--no-clickhouse', '--data-dir', dataDir];
  const ports = ['--api-port', '18090', '--ops-port', '19464'];
  return await started([millrace, 'run', 'serve', ...flags, ...ports], surroundings, /^Running/);
}

/** Starts a script of this folder that says `HTTP: <address>` when it listens. */
export function startScript(script: string, surroundings: Surroundings): Promise<Served> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return started([path], surroundings, /^HTTP/);
}

async function started(
  args: readonly string[],
  surroundings: Surroundings,
  ready: RegExp,
): Promise<Served> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...surroundings, NODE_NO_WARNINGS: '1' },
  });
  const url = await addressOf(child, ready);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    url,
    pid: child.pid!,
    kill: () => void child.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

function addressOf(child: ChildProcess, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let url: string | undefined;
    const hear = (line: string) => {
      say(`  ${line}`);
      url ??= /^HTTP: (http:\/\/[^/]+)/.exec(line)?.[1];
      if (url !== undefined && ready.test(line)) resolve(url);
    };
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', hear);
    }
    child.once('exit', (code) => reject(new Error(`A process ended with ${code}; see above.`)));
  });
}
