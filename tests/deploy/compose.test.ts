// docker-compose.yml with Millrace in it: what it says of Millrace is what the image and the code have.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { leaves, readConfig } from '../../app/config/read.ts';
import { topologyOf } from '../../app/topology.ts';
import { nobody } from '../../streams/topology.ts';
import { parseDockerfile, wordsOf } from './dockerfile.ts';

const root = join(import.meta.dirname, '../..');

interface Service {
  image: string;
  build?: { context: string; dockerfile: string };
  command: string[];
  environment: Record<string, string>;
  ports: string[];
  volumes: string[];
  tmpfs: string[];
  read_only?: boolean;
  cap_drop?: string[];
  profiles?: string[];
}

const { services, volumes } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as { services: Record<string, Service>; volumes: Record<string, unknown> };
const ours = Object.entries(services).filter(([, { build }]) => build);
const stage = parseDockerfile(readFileSync(join(root, 'infra/docker/Dockerfile'), 'utf8')).at(-1)!;

describe('docker-compose.yml', () => {
  it('starts the parts alone, unless Millrace is asked for', () => {
    expect(ours.map(([name]) => name)).toEqual(['serve', 'learn']);
    for (const [, { profiles }] of ours) expect(profiles).toEqual(['millrace']);
    for (const name of ['kafka', 'registry', 'clickhouse'])
      expect(services[name]).not.toHaveProperty('profiles');
  });

  it('runs every stage once, and nothing else', () => {
    const { stages } = topologyOf(readConfig({}, { folder: null }), { llm: nobody });
    const run = ours.flatMap(([, { command }]) =>
      command.filter((word) => !/^(run|--.*)$/.test(word)),
    );
    expect(run.sort()).toEqual(stages.map(({ name }) => name).sort());
  });

  it('sets variables that there are', () => {
    const variables = leaves.map(({ env }) => env);
    for (const [, { environment }] of ours)
      for (const name of Object.keys(environment)) expect(variables).toContain(name);
  });

  it.each(ours)('has %s on a read-only root, with the volumes of the image', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    const written = [...service.tmpfs, ...service.volumes.map((one) => one.split(':')[1]!)];
    expect(written.sort()).toEqual(wordsOf(stage, 'VOLUME').sort());
    for (const one of service.volumes) expect(volumes).toHaveProperty(one.split(':')[0]!);
    expect(service.build!.dockerfile).toBe('infra/docker/Dockerfile');
  });

  it('publishes no port twice, and all on this machine alone', () => {
    const ports = Object.values(services).flatMap((service) => service.ports);
    for (const one of ports) expect(one).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    const published = ports.map((one) => one.split(':')[1]);
    expect(new Set(published).size).toBe(published.length);
  });
});
