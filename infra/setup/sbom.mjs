// `npm run sbom`: what Millrace is made of, as CycloneDX: the npm packages of the lock file that run, and the parts
// that the first start fetches (jars by Maven with what they bring, the language model by pip).
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT, SetupError, say } from './say.mjs';

const DEFAULT_FILE = 'sbom.cdx.json';

/** The packages, by npm's own list of them. */
function ofNpm() {
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const { stdout, stderr, status } = spawnSync(command, [...first, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new SetupError(`npm could not list the packages.\n  ${stderr.trim()}`);
  return JSON.parse(stdout);
}

/** The jars that pom.xml names, with their versions. */
function ofMaven() {
  const pom = readFileSync(join(ROOT, 'infra/embedded/pom.xml'), 'utf8');
  const value = (text, tag) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(text)?.[1] ?? '';
  const found = [...pom.matchAll(/<(dependency|artifactItem)>([\s\S]*?)<\/\1>/g)];
  return found.map(([, , text]) => {
    const [group, name, named] = ['groupId', 'artifactId', 'version'].map((tag) =>
      value(text, tag),
    );
    const version = named.replace(/^\$\{(.+)\}$/, (_, property) => value(pom, property));
    const purl = `pkg:maven/${group}/${name}@${version}`;
    return { 'bom-ref': purl, type: 'library', group, name, version, scope: 'optional', purl };
  });
}

/** The wheel that holds the default language model. */
function ofPip() {
  const text = readFileSync(join(ROOT, 'infra/embedded/model.ts'), 'utf8');
  const [, name, version] = /WHEEL = '([^=']+)==([^']+)'/.exec(text);
  const [, content] = /MODEL_SHA256 = '(\w+)'/.exec(text);
  const purl = `pkg:pypi/${name}@${version}`;
  return {
    ...{ 'bom-ref': purl, type: 'machine-learning-model', name, version, scope: 'optional', purl },
    hashes: [{ alg: 'SHA-256', content }],
    licenses: [{ license: { id: 'Apache-2.0' } }],
  };
}

function makeBom() {
  const { name, version, dependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const bom = ofNpm();
  const { component } = bom.metadata;
  const parts = [...ofMaven(), ofPip()];
  const wanted = Object.entries(dependencies).map(([one, of]) => `${one}@${of}`);
  // `--omit=dev` of npm 11 leaves out packages that something else needs as well, zod and yaml for two.
  const needed = reached(new Map(bom.dependencies.map((one) => [one.ref, one.dependsOn])), wanted);
  // npm names the project by its folder.
  const ref = `${name}@${version}`;
  Object.assign(component, { 'bom-ref': ref, name, purl: `pkg:npm/${ref}` });
  bom.components = [...bom.components.filter((one) => needed.has(one['bom-ref'])), ...parts];
  bom.dependencies = [
    { ref, dependsOn: [...wanted, ...parts.map(({ purl }) => purl)] },
    ...bom.dependencies.filter((one) => needed.has(one.ref)),
    ...parts.map(({ purl }) => ({ ref: purl, dependsOn: [] })),
  ];
  return bom;
}

/** What some components need, and they themselves. */
function reached(needs, from) {
  const found = new Set();
  const left = [...from];
  for (let ref = left.pop(); ref !== undefined; ref = left.pop()) {
    if (found.has(ref)) continue;
    found.add(ref);
    left.push(...(needs.get(ref) ?? []));
  }
  return found;
}

try {
  const file = resolve(process.argv[2] ?? DEFAULT_FILE);
  const bom = makeBom();
  writeFileSync(file, `${JSON.stringify(bom, undefined, 2)}\n`);
  say(`${bom.components.length} components in ${file} (CycloneDX ${bom.specVersion})`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
