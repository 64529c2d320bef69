// Settings: flags win over the environment, mistakes are named, secrets stay out of logs.
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { redacted } from '../../app/config/print.ts';
import { readConfig } from '../../app/config/read.ts';
import { codeOf, type MillraceError } from '../../schemas/errors.ts';

const failing = (env: Record<string, string>): MillraceError => {
  try {
    readConfig(env);
  } catch (error) {
    return error as MillraceError;
  }
  throw new Error('the settings were taken');
};

describe('readConfig', () => {
  it('embeds every part when nothing is set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      topics: { prefix: '', partitions: 1, retentionMs: -1 },
      stateStore: 'memory',
      host: '127.0.0.1',
      port: 8080,
      sqlPort: 8123,
    });
    expect([config.kafka, config.registry, config.clickhouse, config.llm.model]).toEqual(
      Array(4).fill(undefined),
    );
    expect(config.partsDir).toBe(resolve(config.dataDir, 'parts'));
  });

  it('reads the addresses of a platform, with its logins', () => {
    const config = readConfig({
      KAFKA_BROKERS: 'a:9092, b:9093',
      KAFKA_SSL: 'true',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256',
      KAFKA_SASL_USERNAME: 'me',
      KAFKA_SASL_PASSWORD: 'secret',
      SCHEMA_REGISTRY_URL: 'https://registry/apis/ccompat/v7/',
      CLICKHOUSE_URL: 'http://house:8123',
      CLICKHOUSE_USERNAME: 'default',
    });
    expect(config.kafka).toEqual({
      brokers: ['a:9092', 'b:9093'],
      ssl: true,
      sasl: { mechanism: 'scram-sha-256', username: 'me', password: 'secret' },
    });
    expect(config.registry).toEqual({ url: 'https://registry/apis/ccompat/v7' });
    expect(config.clickhouse).toEqual({
      url: 'http://house:8123',
      login: { username: 'default', password: '' },
    });
  });

  it('reads what is done with what goes wrong', () => {
    expect(readConfig({})).toMatchObject({
      errors: { undecodable: 'skip', poison: 'halt', oversized: 'halt', retries: 20 },
      sessionTimeoutMs: 10_000,
    });
    const config = readConfig({
      ON_UNDECODABLE_RECORD: 'halt',
      ON_POISON_RECORD: 'skip',
      ON_OVERSIZED_RECORD: 'skip',
      MAX_RECORD_BYTES: '50000',
      RETRIES: '0',
      STUCK_AFTER_MS: '60000',
      SESSION_TIMEOUT_MS: '30000',
    });
    expect(config).toMatchObject({
      errors: {
        undecodable: 'halt',
        poison: 'skip',
        oversized: 'skip',
        maxRecordBytes: 50_000,
        retries: 0,
        stuckAfterMs: 60_000,
      },
      sessionTimeoutMs: 30_000,
    });
    expect(failing({ ON_POISON_RECORD: 'ignore', RETRIES: '-1' }).message).toMatch(
      /ON_POISON_RECORD: skip or halt is wanted\s+RETRIES: 0 is the least/,
    );
  });

  it('lets a flag win over the environment, and the environment over the default', () => {
    const env = { MILLRACE_PORT: '9000', MILLRACE_SEED: '7', MILLRACE_DATA_DIR: '/somewhere' };
    expect(readConfig(env, { flags: { port: '9001', dataDir: '/elsewhere' } })).toMatchObject({
      port: 9001,
      seed: 7,
      dataDir: '/elsewhere',
    });
  });

  it('counts an empty variable as one that is not set', () => {
    expect(readConfig({ KAFKA_BROKERS: '', MILLRACE_PORT: ' ' })).toMatchObject({ port: 8080 });
  });

  it('names every setting that cannot be used, in one error', () => {
    const error = failing({
      KAFKA_BROKERS: 'no-port',
      SCHEMA_REGISTRY_URL: 'ftp://x',
      MILLRACE_PORT: '70000',
    });
    expect(codeOf(error)).toBe('config-invalid');
    for (const name of ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'MILLRACE_PORT']) {
      expect(error.message).toContain(name);
    }
  });

  it('wants a user and a password when a mechanism is named', () => {
    const error = failing({ KAFKA_BROKERS: 'a:1', KAFKA_SASL_MECHANISM: 'plain' });
    expect(error.message).toContain('KAFKA_SASL_USERNAME');
    expect(error.message).toContain('KAFKA_SASL_PASSWORD');
  });

  it('cannot be changed afterwards, at any depth', () => {
    const config = readConfig({ KAFKA_BROKERS: 'a:1' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.kafka?.brokers)).toBe(true);
  });
});

describe('redacted', () => {
  it('shows where, and not with which password', () => {
    const config = readConfig({
      KAFKA_BROKERS: 'a:1',
      KAFKA_SASL_USERNAME: 'me',
      KAFKA_SASL_PASSWORD: 'hunter2',
      CLICKHOUSE_URL: 'http://me:hunter3@house:8123/?token=hunter4',
    });
    const shown = JSON.stringify(redacted(config));
    expect(shown).not.toMatch(/hunter/);
    expect(shown).toContain('house:8123');
  });
});
