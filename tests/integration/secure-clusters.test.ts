// A broker with TLS, with certificates of clients and with logins, and a registry behind https and a login:
// every way in is used by the runtime, by ClickHouse and by the commands; every wrong one says why.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { startRegistry } from '../../infra/embedded/registry.ts';
import type { Right } from '../../infra/kafka/acls.ts';
import type { KafkaAddress } from '../../infra/kafka/connect.ts';
import { forPeople } from '../../infra/kafka/failures.ts';
import { probeKafka } from '../../infra/kafka/probe.ts';
import { registerSchemas } from '../../infra/registry/registry.ts';
import type { MillraceError } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { authorityOf } from '../support/authority.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { millrace, runNode } from '../support/millrace.ts';
import { gateRegistry, type RegistryGate, registryLogin } from '../support/registry-gate.ts';
import { admin, limited, type SecureBroker, startSecureBroker } from '../support/secure-broker.ts';
import { testStreams } from '../support/streams.ts';
import { tallyClick, tallyTopology } from '../support/tally.ts';

const dir = mkdtempSync(join(tmpdir(), 'millrace-secure-'));
const { partsDir } = readConfig();
let certificates: Certificates;
let broker: SecureBroker;
let gate: RegistryGate;
let gate6: RegistryGate;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  certificates = makeCertificates(dir);
  const [started, registry] = await Promise.all([
    startSecureBroker({ dataDir: dir, partsDir }, certificates),
    startRegistry({ dataDir: dir, partsDir, port: 20_000 + (process.pid % 400) }),
  ]);
  broker = stack.use(started);
  stack.use(registry);
  gate = stack.use(await gateRegistry(registry.url, certificates.server));
  gate6 = stack.use(await gateRegistry(registry.url, certificates.server, '::1'));
  writeFileSync(join(dir, 'password'), `${admin.password}\n`);
}, 120_000);

afterAll(async () => {
  await stack.disposeAsync();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

/** The environment of a way in. */
const ways = {
  TLS: () => ({ KAFKA_BROKERS: broker.tls, KAFKA_SSL_CA: certificates.ca }),
  'mutual TLS': () => ({
    KAFKA_BROKERS: broker.mutualTls,
    KAFKA_SSL_CA: certificates.ca,
    KAFKA_SSL_CERT: certificates.client.cert,
    KAFKA_SSL_KEY: certificates.encryptedKey,
    KAFKA_SSL_PASSPHRASE: certificates.passphrase,
  }),
  'SASL PLAIN': () => ({
    KAFKA_BROKERS: broker.sasl,
    KAFKA_SASL_USERNAME: admin.username,
    KAFKA_SASL_PASSWORD: admin.password,
  }),
  'SCRAM-SHA-256 over TLS': () => ({ ...scram('SCRAM-SHA-256') }),
  'SCRAM-SHA-512 over TLS': () => ({ ...scram('SCRAM-SHA-512') }),
  'IPv6, the registry as well': () => ({
    KAFKA_BROKERS: broker.ipv6,
    SCHEMA_REGISTRY_URL: gate6.url,
  }),
};

const scram = (mechanism: string) => ({
  KAFKA_BROKERS: broker.saslTls,
  KAFKA_SSL_CA: certificates.ca,
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USERNAME: admin.username,
  KAFKA_SASL_PASSWORD_FILE: join(dir, 'password'),
});

const registryEnv = () => ({
  SCHEMA_REGISTRY_URL: gate.url,
  SCHEMA_REGISTRY_CA: certificates.ca,
  SCHEMA_REGISTRY_USERNAME: registryLogin.username,
  SCHEMA_REGISTRY_PASSWORD: registryLogin.password,
});

const registryAddress = () => ({ url: gate.url, auth: registryLogin, ca: certificates.ca });

/** Words that no output may hold. */
const secrets = () => [admin.password, registryLogin.password, certificates.passphrase];

const ingest = new URL('../support/ingest-once.ts', import.meta.url).pathname;

describe.each(Object.entries(ways))('a cluster by %s', (name, envOf) => {
  it('is read, written to in transactions, and taken in by ClickHouse', async () => {
    const env: Record<string, string> = { ...registryEnv(), ...envOf() };
    const { kafka } = readConfig(env, { folder: null });
    const prefix = `${name.replace(/\W+/g, '-').toLowerCase()}.`;
    const streams = await testStreams(1, { brokers: '', registryUrl: '' }, prefix, [], kafka, {
      ...registryAddress(),
      url: env.SCHEMA_REGISTRY_URL!,
    });
    {
      await using pipeline = streams.pipeline(tallyTopology);
      await pipeline.start();
      await streams.send(
        Array.from({ length: 30 }, (_, i) => ({ topic: clicks, event: tallyClick(i) })),
      );
      await pipeline.settled();
    }
    const made = (await streams.committed(rewards)).map(({ clickId }) => clickId);
    expect(made).toEqual(Array.from({ length: 30 }, (_, i) => `c${i}`));

    const taken = runNode([ingest, '30'], {
      env: { ...env, TOPIC_PREFIX: prefix, MILLRACE_DATA_DIR: join(dir, prefix) },
    });
    await taken.ended;
    const told = `${taken.output.out}\n${taken.output.err}`;
    const found = JSON.parse(taken.output.out || '{}') as Record<string, unknown>;
    expect({ ...found, told }).toMatchObject({ rewards: 30, errors: [] });
    for (const secret of secrets()) expect(told).not.toContain(secret);
  }, 120_000);
});

describe('commands on a secured cluster', () => {
  it('show topics and say in the doctor how they come in, and no secret', async () => {
    const env = { ...scram('scram-sha-512'), ...registryEnv(), TOPIC_PREFIX: 'tls.' };
    const runs = [['topics'], ['doctor', '--json'], ['config'], ['config', '--json']].map((args) =>
      millrace(['--data-dir', join(dir, 'commands'), ...args], env),
    );
    await Promise.all(runs.map(({ ended }) => ended));
    const [topics, doctor, ...configs] = runs.map(({ output }) => output.out + output.err);
    expect(topics).toMatch(/tls\.clicks +1 +1 +1 +30/);
    expect(doctor).toContain(`by TLS, as ${admin.username} (scram-sha-512)`);
    expect(doctor).toContain(`(SCHEMA_REGISTRY_URL) answers, as ${registryLogin.username}`);
    for (const config of configs) expect(config).toContain('***');
    for (const secret of secrets()) expect(runs.map(({ output }) => output)).not.toContain(secret);
  }, 60_000);
});

describe('a wrong way in', () => {
  const failing = async (address: Partial<KafkaAddress>) => {
    const begun = performance.now();
    const error = await probeKafka(address as KafkaAddress).then(
      () => undefined,
      (one: MillraceError) => one,
    );
    expect(performance.now() - begun).toBeLessThan(5_000);
    return error;
  };
  const plain = (password: string) => ({
    brokers: [broker.sasl],
    sasl: { mechanism: 'plain', username: 'admin', password } as const,
  });

  it('says which: the certificate, the login, the mechanism or none at all', async () => {
    const stranger = { brokers: [broker.tls], ssl: true, sslCa: certificates.strangerCa };
    expect(await failing(stranger)).toMatchObject({
      code: 'broker-tls',
      why: expect.stringContaining('unable to verify'),
    });
    expect(
      await failing({ brokers: [broker.mutualTls], ssl: true, sslCa: certificates.ca }),
    ).toMatchObject({ code: 'broker-tls', why: expect.stringMatching(/certificate/) });
    const refused = await failing(plain('hunter2'));
    expect(refused).toMatchObject({ code: 'broker-login' });
    expect(refused?.message).not.toContain('hunter2');
    expect(
      await failing({ ...plain('x'), sasl: { ...plain('x').sasl, mechanism: 'scram-sha-256' } }),
    ).toMatchObject({ code: 'broker-login', why: expect.stringContaining('SCRAM-SHA-256') });
    for (const brokers of [[broker.tls], [broker.sasl]]) {
      expect(await failing({ brokers })).toMatchObject({
        code: 'broker-unavailable',
        message: expect.stringContaining('closed the connection'),
        todo: expect.stringMatching(/KAFKA_SSL.*KAFKA_SASL/),
      });
    }
    expect(await failing({ brokers: ['127.0.0.1:1'] })).toMatchObject({
      code: 'broker-unavailable',
      message: expect.stringContaining('No broker answers.'),
    });
  }, 60_000);

  it('ends a command at once, with the cause', async () => {
    const wrong = { ...scram('scram-sha-512'), KAFKA_SASL_PASSWORD_FILE: certificates.ca };
    const begun = performance.now();
    const run = millrace(['--data-dir', join(dir, 'wrong'), 'run', '--no-clickhouse'], {
      ...wrong,
      ...registryEnv(),
    });
    expect(await run.ended).toBe(1);
    expect(run.output.err).toContain('Error (broker-login): The brokers refuse the login.');
    expect(performance.now() - begun).toBeLessThan(20_000);
  }, 60_000);

  it('to the registry says whether its login or its certificate is wrong', async () => {
    const register = (address: object) =>
      registerSchemas({ ...registryAddress(), ...address }, 'wrong.', [clicks]);
    await expect(register({ auth: undefined })).rejects.toMatchObject({ code: 'registry-login' });
    await expect(register({ ca: certificates.strangerCa })).rejects.toMatchObject({
      code: 'registry-unreachable',
      todo: expect.stringContaining('SCHEMA_REGISTRY_CA'),
    });
    expect(gate.refused).toBeGreaterThan(0);
  }, 60_000);
});

describe('an authorizer', () => {
  const prefix = 'acls.';
  const env = () => ({
    ...scram('SCRAM-SHA-256'),
    ...registryEnv(),
    KAFKA_SASL_USERNAME: limited.username,
    KAFKA_SASL_PASSWORD_FILE: join(dir, 'limited'),
    TOPIC_PREFIX: prefix,
  });
  const streamsOf = () => {
    const { kafka } = readConfig(env(), { folder: null });
    return testStreams(1, { brokers: '', registryUrl: '' }, prefix, [], kafka, registryAddress());
  };
  /** The error of something that is refused; undefined if it is not. */
  const refusal = (of: Promise<unknown>) =>
    of.then(
      () => undefined,
      (error) => forPeople(error) as MillraceError,
    );

  it('names the right that is missing, and is content with those that are printed', async () => {
    writeFileSync(join(dir, 'limited'), limited.password);
    const refused = await refusal(streamsOf());
    expect(refused).toMatchObject({ code: 'broker-access' });
    expect(refused?.message).toContain('Create on the topic or the cluster');

    const printed = millrace(['--data-dir', dir, 'topics', '--acls', '--json'], env());
    await printed.ended;
    const rights = JSON.parse(printed.output.out) as Right[];
    await using authority = await authorityOf(broker.plain, `User:${limited.username}`);
    await authority.allow(rights);

    const streams = await streamsOf();
    const run = async (from: number) => {
      await using pipeline = streams.pipeline(tallyTopology);
      await pipeline.start();
      await streams.send([{ topic: clicks, event: tallyClick(from) }]);
      await Promise.race([pipeline.settled(), pipeline.failed]);
    };
    await run(0);
    expect(await streams.committed(rewards)).toHaveLength(1);
    const taken = runNode([ingest, '1'], { env: { ...env(), MILLRACE_DATA_DIR: join(dir, 'a') } });
    const topics = millrace(['--data-dir', join(dir, 'b'), 'topics'], env());
    await Promise.all([taken.ended, topics.ended]);
    expect(JSON.parse(taken.output.out || '{}')).toMatchObject({ rewards: 1, errors: [] });
    expect(topics.output.out).toMatch(/acls\.millrace-tally +classic/);

    // Without one of them it does not work, and the error names it.
    const made = rights.find(
      ({ names }) => names.includes(`${prefix}rewards`) && names.length < 20,
    );
    for (const [right, named] of [
      [rights.find(({ resource }) => resource === 'transactional-id'), 'on the transactional id'],
      [rights.find(({ resource }) => resource === 'group'), 'on the group'],
      [made, 'Write on the topic'],
    ] as const) {
      await authority.revoke([right!]);
      const error = await refusal(run(1));
      expect(error?.message).toContain(named);
      await authority.allow([right!]);
    }
  }, 180_000);
});
