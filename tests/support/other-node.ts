// The executable of an older Node that is let in, for tests that compare the two. Its npm package holds
// the binary alone; it is fetched once, beside the other parts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../app/config/read.ts';

/** The least that is let in (`engines` in package.json). */
export const oldestNode = '22.22.2';

export interface OtherNode {
  /** Path of the executable; undefined if it cannot be had. */
  readonly path?: string;
  /** Why it cannot be had; empty if it can. */
  readonly why: string;
}

/** The Node that `MILLRACE_OLDEST_NODE` names, or one from npm (50 MB to fetch, 180 MB on disk). */
export function otherNode(): OtherNode {
  const named = process.env.MILLRACE_OLDEST_NODE;
  if (named) return fits(named) ? { path: named, why: '' } : { why: `${named} is no Node 22.22` };
  const folder = join(readConfig().partsDir, `node-${oldestNode}`);
  const path = join(folder, 'node_modules', packageName(), 'bin', windows ? 'node.exe' : 'node');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
    const { status, stderr } = spawnSync(
      windows ? 'npm.cmd' : 'npm',
      ['install', '--prefix', folder, ...flags, `${packageName()}@${oldestNode}`],
      { encoding: 'utf8', shell: windows, timeout: 120_000 },
    );
    if (status !== 0) return { why: `npm could not fetch Node ${oldestNode}: ${stderr ?? ''}` };
  }
  return fits(path) ? { path, why: '' } : { why: `${path} does not run` };
}

const windows = process.platform === 'win32';

function packageName(): string {
  const { arch, platform } = process;
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${windows ? 'win' : platform}-${arch}`;
}

function fits(path: string): boolean {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.startsWith('v22.');
}
