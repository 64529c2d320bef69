// Runs a tool to its end, with a sign of life for whoever waits.
import { spawn } from 'node:child_process';
import type { Progress } from './types.ts';

export interface Outcome {
  /** Exit code; null when the command could not be started or was ended by a signal. */
  code: number | null;
  /** stdout and stderr together. */
  output: string;
}

export interface RunOptions {
  /** Name of what is being done, for people. */
  what?: string;
  log?: Progress | undefined;
  cwd?: string;
  /** Makes of the output so far a word on how far the tool is. */
  measure?: (output: string) => string;
}

export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    let output = '';
    const begun = performance.now();
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd ? { cwd: options.cwd } : {}),
    });
    const { what, log, measure } = options;
    const beat =
      what && log
        ? setInterval(() => {
            const seconds = ((performance.now() - begun) / 1000).toFixed(0);
            log([`${what}: ${seconds} s`, measure?.(output)].filter(Boolean).join(', '));
          }, 5000)
        : undefined;
    const end = (code: number | null) => {
      clearInterval(beat);
      process.removeListener('exit', kill);
      resolve({ code, output });
    };
    const kill = () => child.kill();
    process.once('exit', kill);
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.once('error', (error) => {
      output += error.message;
      end(null);
    });
    child.once('close', end);
  });
}

/** True when the command starts and ends well. */
export async function works(command: string, args: readonly string[]): Promise<boolean> {
  return (await run(command, args)).code === 0;
}

/** The last lines of an output, for an error message; a Java stack's frames say little there. */
export function lastLines(output: string, lines = 8): string {
  const said = output.split('\n').filter((line) => line.trim() && !line.startsWith('\tat '));
  return said.slice(-lines).join('\n');
}
