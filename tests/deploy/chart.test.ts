// The Helm chart: linted, rendered in the ways it is used, and every manifest held to Kubernetes' own schemas and
// KEDA's. What it says of Millrace (flags, variables, stages, paths) is held to the code.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import { leaves, readConfig } from '../../app/config/read.ts';
import { topologyOf } from '../../app/topology.ts';
import { nobody } from '../../streams/topology.ts';
import { parseDockerfile, wordsOf } from './dockerfile.ts';
import { helm, kedaSchemas, kubernetesSchemas, whyNoHelm } from './tools.ts';

const root = join(import.meta.dirname, '../..');
const chart = join(root, 'infra/helm/millrace');
const dir = mkdtempSync(join(tmpdir(), 'millrace-chart-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Values for a cluster with logins everywhere, state on disk, and the language model. */
const full = {
  kafka: {
    brokers: 'a:9093,b:9093',
    ssl: true,
    ca: { secret: 'kafka-ca', key: 'ca.crt' },
    sasl: { mechanism: 'SCRAM-SHA-512', secret: 'kafka-login' },
  },
  registry: { url: 'https://registry:8081', secret: 'registry-login' },
  clickhouse: { url: 'http://clickhouse:8123/shop', cluster: 'events', secret: 'clickhouse-login' },
  topicPrefix: 'shop-',
  config: { variants: [{ name: 'learning', policy: 'learning', share: 1 }] },
  env: [{ name: 'LOG_LEVEL', value: 'warn' }],
  api: { tokensSecret: 'tokens' },
  state: { store: 'lmdb', size: '20Gi', storageClass: 'fast' },
  roles: { llm: { enabled: true, tag: 'llm', model: '/models/small.gguf' } },
  volumes: [{ name: 'models', persistentVolumeClaim: { claimName: 'models' } }],
  volumeMounts: [{ name: 'models', mountPath: '/models', readOnly: true }],
  networkPolicy: { page: [{ podSelector: { matchLabels: { app: 'proxy' } } }] },
  imagePullSecrets: [{ name: 'pull' }],
  nodeSelector: { disk: 'ssd' },
};

const ways = {
  'as it comes': {},
  'with everything': full,
  'without scaling and policies': {
    networkPolicy: { enabled: false },
    roles: { serve: { scaling: { enabled: false } } },
    serviceAccount: { name: 'theirs' },
  },
};

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: whatever the chart renders
  spec?: any;
}

let program: string;
let schemas: string;
let keda: NodeJS.Require;

const helmSays = (...args: string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function render(values: object, ...args: string[]): Manifest[] {
  const file = join(dir, 'values.json');
  writeFileSync(file, JSON.stringify(values));
  const text = helmSays('template', 'shop', chart, '--values', file, ...args);
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** A checker of Kubernetes' own kinds. */
function checkers() {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const load = (name: string) => JSON.parse(readFileSync(join(schemas, name), 'utf8')) as object;
  ajv.addSchema(load('_definitions.json'), '/api/_definitions.json');
  return ({ apiVersion, kind }: Manifest) => {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const of = group ? `${group.split('.')[0]}-${version}` : version;
    const file = `${kind.toLowerCase()}-${of}.json`;
    return ajv.getSchema(file) ?? ajv.compile({ ...load(file), $id: file });
  };
}

/** What is wrong with a manifest; empty: nothing. */
function faults(manifest: Manifest, checkerOf: ReturnType<typeof checkers>): string[] {
  if (manifest.apiVersion.startsWith('keda.sh')) {
    const models = keda(`./keda.sh/v1alpha1/${manifest.kind}`);
    try {
      new models[manifest.kind](manifest).validate();
      return [];
    } catch (error) {
      return [String(error)];
    }
  }
  const check = checkerOf(manifest);
  if (check(manifest)) return [];
  return check.errors!.map(({ instancePath, message, params }) =>
    [manifest.kind, instancePath, message, JSON.stringify(params)].join(' '),
  );
}

const why = whyNoHelm;
const onLinux = why ? describe.skip : describe;

onLinux(`the chart${why ? ` (skipped: ${why})` : ''}`, () => {
  beforeAll(async () => {
    let folder: string;
    [program, schemas, folder] = await Promise.all([helm(), kubernetesSchemas(), kedaSchemas()]);
    keda = createRequire(join(folder, 'index.js'));
  }, 300_000);

  it.each(Object.entries(ways))('is linted %s', (_, values) => {
    writeFileSync(join(dir, 'values.json'), JSON.stringify(values));
    const said = helmSays('lint', '--strict', chart, '--values', join(dir, 'values.json'));
    expect(said).toContain('0 chart(s) failed');
  });

  it.each(Object.entries(ways))('renders %s what Kubernetes and KEDA take', (_, values) => {
    const checkerOf = checkers();
    const manifests = render(values);
    expect(manifests.length).toBeGreaterThan(5);
    for (const manifest of manifests) expect(faults(manifest, checkerOf)).toEqual([]);
  });

  it('is checked by schemas that find a fault', () => {
    const checkerOf = checkers();
    const manifests = render({});
    const [set] = manifests.filter(({ kind }) => kind === 'StatefulSet');
    set!.spec.template.spec.containers[0].imagePullPolice = 'Always';
    expect(faults(set!, checkerOf)).not.toEqual([]);
    const [scaled] = manifests.filter(({ kind }) => kind === 'ScaledObject');
    delete scaled!.spec.triggers;
    expect(faults(scaled!, checkerOf)).not.toEqual([]);
  });

  it.each([
    ['brokers without a port', { kafka: { brokers: 'kafka' } }, /brokers/],
    ['a login in an address', { clickhouse: { url: 'http://a:b@c:8123' } }, /clickhouse/],
    ['more pods than partitions', { partitions: 4 }, /further pods would stand by/],
    ['a role without processors', { roles: { serve: { processors: [] } } }, /processors/],
  ])('refuses %s', (_, values, reason) => {
    expect(() => render(values)).toThrow(reason);
  });

  const containersOf = (manifests: Manifest[]) =>
    manifests
      .filter(({ kind }) => kind === 'StatefulSet')
      .map(({ metadata, spec }) => ({
        name: metadata.name,
        pod: spec.template.spec,
        container: spec.template.spec.containers[0],
        claims: spec.volumeClaimTemplates ?? [],
      }));

  it('runs every pod without root and without a root that can be written', () => {
    const stage = parseDockerfile(readFileSync(join(root, 'infra/docker/Dockerfile'), 'utf8')).at(
      -1,
    )!;
    const [user] = stage.steps.findLast(({ word }) => word === 'USER')!.rest.split(':');
    for (const values of Object.values(ways))
      for (const { pod, container, claims } of containersOf(render(values))) {
        expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: Number(user) });
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        const mounts = container.volumeMounts as {
          mountPath: string;
          readOnly?: boolean;
          name: string;
        }[];
        const written = mounts.filter(({ readOnly }) => !readOnly);
        expect(written.map(({ mountPath }) => mountPath).sort()).toEqual(
          wordsOf(stage, 'VOLUME')
            .sort((a, b) => (a < b ? -1 : 1))
            .toSorted(),
        );
        const volumes = [...pod.volumes, ...claims.map(({ metadata }: Manifest) => metadata)];
        const names = volumes.map(({ name }: { name: string }) => name);
        for (const { name } of mounts) expect(names).toContain(name);
      }
  });

  it('gives its pods more time to end than a member takes', () => {
    const [{ pod, container }] = containersOf(render({})) as [ReturnType<typeof containersOf>[0]];
    const before = Number(container.lifecycle.preStop.exec.command[1]);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(before + 20);
    expect(container.args).toEqual(expect.arrayContaining(['--instance-id', '$(POD_NAME)']));
  });

  it('knows the stages, the flags and the variables of this version', () => {
    const { stages, enrichers } = topologyOf(readConfig({}, { folder: null }), { llm: nobody });
    const processors = [...stages, ...enrichers].map(({ name }) => name);
    const variables = leaves.map(({ env }) => env);
    const flags = execFileSync(process.execPath, [join(root, 'bin/millrace.ts'), 'run', '--help'], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const containers = containersOf(render(full));
    expect(containers).toHaveLength(3);
    for (const { container } of containers) {
      const [command, ...args] = container.args as string[];
      expect(command).toBe('run');
      for (const arg of args)
        if (arg.startsWith('--')) expect(flags).toContain(arg);
        else if (!arg.startsWith('$')) expect(processors).toContain(arg);
      for (const { name } of container.env)
        if (!['POD_NAME', 'MILLRACE_CONFIG', 'LOG_LEVEL'].includes(name))
          expect(variables).toContain(name);
    }
    const run = containers.flatMap(({ container }) => container.args as string[]);
    for (const { name } of stages) expect(run).toContain(name);
  });

  it('has each member that answers found by the others, by the name of its pod', () => {
    const manifests = render({}, '--namespace', 'shop');
    for (const { name, container } of containersOf(manifests)) {
      const env = container.env as { name: string; value?: string }[];
      const advertised = env.find((one) => one.name === 'MILLRACE_API_ADVERTISED');
      if (container.args.includes('--no-api')) expect(advertised).toBeUndefined();
      else expect(advertised!.value).toBe(`http://$(POD_NAME).${name}.shop.svc:8081`);
      // Kubernetes puts in a variable only where it stands before.
      expect(env[0]!.name).toBe('POD_NAME');
      const service = manifests.find(
        ({ kind, metadata }) => kind === 'Service' && metadata.name === name,
      );
      expect(service!.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    }
  });

  it('keeps every password in a secret', () => {
    for (const { container } of containersOf(render(full)))
      for (const { name, value } of container.env as { name: string; value?: string }[]) {
        expect(name).not.toMatch(/PASSWORD$|TOKEN$/);
        if (name.endsWith('_PASSWORD_FILE')) expect(value).toMatch(/^\/etc\/millrace\/secrets\//);
      }
  });

  it('scales on the lag of the group that serves', () => {
    const manifests = render(full);
    const [scaled] = manifests.filter(({ kind }) => kind === 'ScaledObject');
    expect(scaled!.spec.triggers[0].metadata).toMatchObject({
      consumerGroup: 'shop-millrace-serve',
      topic: 'shop-requests',
      sasl: 'scram_sha512',
      tls: 'enable',
    });
    const target = manifests.find(
      ({ kind, metadata }) =>
        kind === 'StatefulSet' && metadata.name === scaled!.spec.scaleTargetRef.name,
    );
    expect(target!.spec).not.toHaveProperty('replicas');
  });
});
