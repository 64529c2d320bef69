// `npm run build`, and with it `npm pack`: what another project installs, in dist/. Node strips no types
// under node_modules, so the package carries compiled modules; what is no TypeScript is copied beside them.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './packages.mjs';
import { ROOT, SetupError, say } from './say.mjs';

const DIST = join(ROOT, 'dist');
const NATIVE = join(ROOT, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
/** The compiler in JavaScript, for a platform without a native one; it takes half a minute. */
const PLAIN = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc6');

/** Folders and files that modules read by name, and the start of the command line. */
const COPIED = [
  'data',
  'infra/clickhouse/views',
  'infra/embedded/pom.xml',
  'infra/http/public',
  ...['child', 'follow', 'node', 'packaged', 'say', 'start'].map(
    (name) => `infra/setup/${name}.mjs`,
  ),
];

const runs = (compiler) => spawnSync(process.execPath, [compiler, '--version']).status === 0;

/** Makes dist/ anew. Nothing goes to stdout: of `npm pack --json` it is npm's. */
async function build() {
  if (!existsSync(NATIVE)) await ensurePackages();
  rmSync(DIST, { recursive: true, force: true });
  const compiler = runs(NATIVE) ? NATIVE : PLAIN;
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new SetupError('The package could not be built, see above.');
  for (const path of COPIED) cpSync(join(ROOT, path), join(DIST, path), { recursive: true });
  say('built dist/');
}

try {
  await build();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
