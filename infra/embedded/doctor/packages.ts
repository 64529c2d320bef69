// Native packages: npm leaves one out, without an error, when the registry in reach lacks it.
import { createRequire } from 'node:module';
import { run } from '../command.ts';
import { waysOn } from '../missing.ts';
import type { Checked, Finding } from './finding.ts';

const require = createRequire(import.meta.url);

/** Names of the packages that hold a library's binary for a platform; empty if there is none. */
export function binariesFor(
  library: 'chdb' | 'node-llama-cpp',
  platform: string = process.platform,
  arch: string = process.arch,
): string[] {
  if (library === 'chdb') {
    const made = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
    if (!made.includes(`${platform}-${arch}`)) return [];
    return [`@chdb/lib-${platform}-${arch}${platform === 'linux' ? '-gnu' : ''}`];
  }
  const made: Record<string, string[]> = {
    'linux-x64': ['linux-x64', 'linux-x64-cuda', 'linux-x64-vulkan'],
    'linux-arm64': ['linux-arm64'],
    'linux-arm': ['linux-armv7l'],
    'linux-riscv64': ['linux-riscv64'],
    'darwin-arm64': ['mac-arm64-metal'],
    'darwin-x64': ['mac-x64'],
    'win32-x64': ['win-x64'],
    'win32-arm64': ['win-arm64'],
  };
  return (made[`${platform}-${arch}`] ?? []).map((name) => `@node-llama-cpp/${name}`);
}

export function platformBinaries({ clickhouse }: Checked): Finding[] {
  return [
    binaries('chDB', 'chdb', clickhouse ? 'warn' : 'missing', waysOn('clickhouse')),
    binaries('llama.cpp', 'node-llama-cpp', 'missing', 'The language model cannot run without it.'),
  ];
}

function binaries(
  part: string,
  library: 'chdb' | 'node-llama-cpp',
  status: 'warn' | 'missing',
  otherwise: string,
): Finding {
  const here = `${process.platform}-${process.arch}`;
  const names = binariesFor(library);
  if (names.length === 0) {
    return { part, status, what: `${library} has no binary for ${here}`, todo: otherwise };
  }
  const there = names.filter(isInstalled);
  if (there.length > 0) return { part, status: 'ok', what: there.join(', ') };
  const versions = require(`${manifest(library)}`).optionalDependencies as Record<string, string>;
  const name = names[0]!;
  return {
    part,
    status,
    what: `the binary for ${here} is not installed`,
    todo: `Run \`npm install --no-save ${name}@${versions[name]}\` where a registry has it. ${otherwise}`,
  };
}

function isInstalled(name: string): boolean {
  return manifest(name) !== undefined;
}

/** Path of an installed package's package.json, found even if the package's exports hide it. */
function manifest(name: string): string | undefined {
  for (const root of require.resolve.paths(name) ?? []) {
    try {
      return require.resolve(`${root}/${name}/package.json`);
    } catch {
      // Not in this node_modules.
    }
  }
  return undefined;
}

export async function browser(): Promise<Finding> {
  const part = 'Chromium';
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const asked = await run(name, ['--version']);
    const version = /^(Chrom|Google).*/m.exec(asked.output)?.[0].trim();
    if (asked.code === 0 && version) return { part, status: 'ok', what: version };
  }
  const todo = 'Nothing for use; for the tests of the page: apt-get install chromium.';
  return { part, status: 'warn', what: 'not here', todo };
}
