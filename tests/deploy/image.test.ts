// The image: its Dockerfile is carried out step by step on bare directories, and the role is started there as the
// image's user on a read-only root.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInfra } from '../support/infra.ts';
import { type Run, said } from '../support/millrace.ts';
import { parseDockerfile, wordsOf } from './dockerfile.ts';
import { Image, whyNoImage } from './image.ts';

const text = readFileSync(join(import.meta.dirname, '../../infra/docker/Dockerfile'), 'utf8');
const stages = parseDockerfile(text);
const last = stages.at(-1)!;
const restOf = (word: string) => last.steps.findLast((step) => step.word === word)?.rest ?? '';

describe('the Dockerfile', () => {
  it('stands on images that are pinned by version', () => {
    for (const { from } of stages) expect(from).toMatch(/^node:\d+\.\d+\.\d+-[a-z]+-slim$/);
  });

  it('has the Node that Millrace is tested with', () => {
    const { dependencies } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
    );
    expect(last.from).toContain(`node:${dependencies.node}-`);
  });

  it('runs as nobody in particular, by number, and says what may be written', () => {
    expect(restOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(wordsOf(last, 'VOLUME')).toEqual(['/var/lib/millrace', '/tmp']);
    expect(wordsOf(last, 'HEALTHCHECK')[0]).toBe('node');
    expect(wordsOf(last, 'ENTRYPOINT').length).toBeGreaterThan(0);
  });

  it('is refused where a step is not known', () => {
    expect(() => parseDockerfile('FROM a\nADD x y')).toThrow('does not know ADD');
  });
});

const why = whyNoImage();
const onLinux = why ? describe.skip : describe;

onLinux(`its steps${why ? ` (skipped: ${why})` : ''}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-image-'));
  const running: Run[] = [];
  let image: Image;
  beforeAll(() => {
    image = new Image(dir);
  }, 400_000);
  afterAll(async () => {
    for (const { child, ended } of running) {
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(dir, { recursive: true, force: true });
  });

  const start = (run: Run): Run => {
    running.push(run);
    return run;
  };

  it('make a small image without compilers, tests, engines or the sample', () => {
    const size = Number(
      execFileSync('du', ['-sm', join(image.root, 'app')])
        .toString()
        .split('\t')[0],
    );
    expect(size).toBeLessThan(150);
    expect(readdirSync(join(image.root, 'app')).sort()).toEqual([
      'LICENSE',
      'NOTICE',
      'bin',
      'dist',
      'node_modules',
      'package.json',
    ]);
    const packages = readdirSync(join(image.root, 'app/node_modules'));
    expect(packages).toContain('kafkajs');
    for (const absent of ['chdb', 'node-llama-cpp', 'node', 'typescript', 'jest'])
      expect(packages).not.toContain(absent);
  });

  it('leave a root that cannot be written to, but for the volumes', async () => {
    const touch = 'touch /var/lib/millrace/a /tmp/a; touch /app/a || touch /var/lib/a || id -u';
    const run = start(image.inside(['sh', '-c', touch]));
    await run.ended;
    expect(run.output.err).toMatch(/\/app\/a': Read-only file system/);
    expect(run.output.err).not.toMatch(/millrace\/a'|tmp\/a'/);
    expect(run.output.out.trim()).toBe('10001');
  });

  it('put the command on the path', async () => {
    const run = start(image.inside(['millrace', 'config']));
    expect([await run.ended, run.output.err]).toEqual([0, '']);
    expect(run.output.out).toMatch(/dataDir +\/var\/lib\/millrace/);
  });

  it('say what is missing without ClickHouse, and what to do', async () => {
    const { brokers, registryUrl } = await startInfra();
    const env = { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl, TOPIC_PREFIX: 'img1-' };
    const run = start(image.start(['run', 'serve'], env));
    expect(await run.ended).toBe(1);
    expect(run.output.err).toContain('This installation has no ClickHouse engine.');
    expect(run.output.err).toContain('CLICKHOUSE_URL');
  }, 60_000);

  it('start the role: healthy, ready, and drained at SIGTERM', async () => {
    const { brokers, registryUrl } = await startInfra();
    const env = {
      ...{ KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl, TOPIC_PREFIX: 'img2-' },
      MILLRACE_HOST: '127.0.0.1',
    };
    const words = ['run', 'serve', '--no-clickhouse', '--instance-id', 'serve-0'];
    const run = start(image.start(words, env));
    const [, url] = await said(run, /Operations: (http:\S+?)\/metrics/);
    await said(run, /Running serve/);
    // The check of the image itself, where the port was free.
    const check = wordsOf(image.stage, 'HEALTHCHECK').map((word) =>
      word.replace('http://127.0.0.1:9464', url!),
    );
    const health = start(image.inside(check));
    expect([await health.ended, health.output.err]).toEqual([0, '']);
    const ready = await fetch(`${url}/ready`);
    expect([200, 503]).toContain(ready.status);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(143);
    const gone = start(image.inside(check));
    expect(await gone.ended).toBe(1);
  }, 120_000);
});
