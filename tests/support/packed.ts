// The package as another project has it: packed by npm, unpacked into a project outside the repository.
// Its dependencies are links to those of the repository, which npm would fetch for minutes; the package
// itself is none, for Node follows links out of node_modules, where other rules hold.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const root = join(import.meta.dirname, '../..');

/** What `npm pack --json` says, as far as it is asked for. */
export interface Packed {
  readonly filename: string;
  /** Of the tarball, bytes. */
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

export interface Project extends Disposable {
  readonly dir: string;
  /** Where the package lies. */
  readonly home: string;
  readonly packed: Packed;
  /** The manifest that was packed. */
  readonly manifest: { readonly dependencies: Readonly<Record<string, string>> };
  /** The command that npm links into the project. */
  readonly command: string;
}

/** Packs and unpacks; disposing removes the project. It takes about ten seconds. */
export async function makeProject(): Promise<Project> {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-project-'));
  const packed = await pack(dir);
  const home = join(dir, 'node_modules', 'millrace');
  mkdirSync(home, { recursive: true });
  await run('tar', ['xzf', join(dir, packed.filename), '-C', home, '--strip-components', '1']);
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
    const link = join(dir, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  const command = join(dir, 'node_modules', '.bin', 'millrace');
  mkdirSync(dirname(command));
  symlinkSync(join(home, manifest.bin.millrace), command);
  writeFileSync(join(dir, 'package.json'), '{ "name": "outside", "type": "module" }\n');
  return {
    dir,
    home,
    packed,
    manifest,
    command,
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** What it prints on stdout is JSON, all of it. */
async function pack(destination: string): Promise<Packed> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', destination], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    maxBuffer: 1 << 24,
  });
  const [packed] = JSON.parse(stdout) as Packed[];
  return packed!;
}

/** Compiles files of a project, strictly and libraries too. @returns what the compiler says: nothing is good */
export async function typeErrors(dir: string, files: readonly string[]): Promise<string> {
  const config = {
    compilerOptions: {
      strict: true,
      target: 'es2024',
      module: 'nodenext',
      types: ['node'],
      noEmit: true,
      // As Node advises for files that it runs as they are.
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
    },
    files,
  };
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', '.'], {
    cwd: dir,
    env: { ...process.env, NODE_OPTIONS: '' },
  }).catch((failed: { stdout: string }) => failed);
  return stdout;
}
