// Adds to package-lock.json the platform packages that npm left out because the registry in reach
// lacks them, so that the same lock serves every platform. Run it after changing a dependency:
//   node infra/setup/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const CPU = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  armv7l: 'arm',
  'arm-eabi': 'arm',
  'arm-gnueabihf': 'arm',
  'arm-musleabihf': 'arm',
  loong64: 'loong64',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  mips64el: 'mips64el',
};
const LIBC = { gnu: 'glibc', musl: 'musl', gnueabihf: 'glibc', musleabihf: 'musl' };

/** What a platform package's name says of where it runs; undefined when it says nothing. */
export function platformOf(name) {
  const words = name.split('/').pop().split('-');
  const at = words.findIndex((word) => OS.includes(word));
  if (at < 0) return undefined;
  const [cpu, libc] = [CPU[words[at + 1]], LIBC[words[at + 2]]];
  return {
    os: [words[at]],
    ...(cpu && { cpu: [cpu] }),
    ...(libc && words[at] === 'linux' && { libc: [libc] }),
  };
}

/** The lock with an entry for each optional package that is named but not listed; and those names. */
export function completed(lock) {
  const packages = { ...lock.packages };
  const added = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const platform = platformOf(name);
      // A range cannot be pinned without asking the registry.
      if (!platform || !/^\d/.test(version) || listed(packages, path, name)) continue;
      packages[`node_modules/${name}`] = {
        version,
        ...platform,
        ...(entry.dev && { dev: true }),
        optional: true,
      };
      added.push(`${name}@${version}`);
    }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { lock: { ...lock, packages: Object.fromEntries(sorted) }, added };
}

/** npm looks beside the package first, then in every folder above it. */
function listed(packages, path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true;
    if (!at.includes('/node_modules/')) return Boolean(packages[`node_modules/${name}`]);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const path = new URL('../../package-lock.json', import.meta.url);
  const { lock, added } = completed(JSON.parse(readFileSync(path, 'utf8')));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  process.stderr.write(`${added.length} platform packages added\n${added.join('\n')}\n`);
}
