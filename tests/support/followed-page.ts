// A page of the docs that is followed block by block, in an empty folder, as a newcomer would.
import { spawn } from 'node:child_process';
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
import type { Run } from './millrace.ts';

const root = join(import.meta.dirname, '../..');

export class FollowedPage {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-page-'));
  /** Variables that the blocks run with. */
  readonly env: Record<string, string>;
  /** What stands for a text of the page, as the address that there is for the one that it names. */
  readonly instead = new Map<string, string>();
  readonly text: string;

  /** @param file of the page, from the root of the repository */
  constructor(file: string, env: Record<string, string>) {
    this.text = readFileSync(join(root, file), 'utf8');
    const { PATH: path } = process.env;
    this.env = {
      ...{ NODE_OPTIONS: '', MILLRACE_DATA_DIR: join(this.folder, 'data') },
      ...{ PATH: [this.folder, path].join(delimiter), ...env },
    };
    for (const name of ['examples', 'node_modules']) {
      symlinkSync(realpathSync(join(root, name)), join(this.folder, name));
    }
    // `npm run millrace -- …` of a clone, without the set-up before it.
    const npm = `#!/bin/sh\nshift 3\nexec "${process.execPath}" --no-warnings "${join(root, 'bin/millrace.ts')}" "$@"\n`;
    writeFileSync(join(this.folder, 'npm'), npm);
    chmodSync(join(this.folder, 'npm'), 0o755);
  }

  /**
   * The one block of a kind with such a text in it.
   * @param section heading under which it stands. @default anywhere
   */
  block(text: string, section?: string, kind = 'sh'): string {
    const parts = this.text.split(/^## /m);
    const within = section === undefined ? this.text : parts.find((one) => one.startsWith(section));
    const blocks = [...(within ?? '').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
    const found = blocks.filter(([, of, body]) => of === kind && body!.includes(text));
    if (found.length === 1) return found[0]![2]!;
    throw new Error(`${found.length} blocks of the page have ${JSON.stringify(text)}`);
  }

  /** Begins what a block says. */
  shell(block: string): Run {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', this.own(block)], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.env },
    });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (output.out += chunk));
    child.stderr.on('data', (chunk) => (output.err += chunk));
    return { child, output, ended: new Promise((resolve) => child.once('close', resolve)) };
  }

  /** What a block prints. @throws Error if it fails */
  async follow(block: string): Promise<string> {
    const { output, ended } = this.shell(block);
    const code = await ended;
    if (code !== 0) throw new Error(`${block}ended with ${code}:\n${output.out}${output.err}`);
    return output.out;
  }

  /** A text of the page with what stands for its names here. */
  own(text: string): string {
    return [...this.instead].reduce((known, [from, to]) => known.replaceAll(from, to), text);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Asks twice a second until the answer is as wanted. */
export async function until<T>(ask: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await ask();
    if (holds(found)) return found;
    await sleep(500);
  }
}
