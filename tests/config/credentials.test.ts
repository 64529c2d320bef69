// Certificates, and passwords that are kept in files of their own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { redacted } from '../../app/config/print.ts';
import { readConfig } from '../../app/config/read.ts';

const dir = mkdtempSync(join(tmpdir(), 'millrace-credentials-'));
const file = join(dir, 'password');
writeFileSync(file, 'hunter2 \n');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const login = { KAFKA_BROKERS: 'a:1', KAFKA_SASL_USERNAME: 'me' };
const problem = (env: Record<string, string>) => {
  try {
    readConfig(env, { folder: null });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a password in a file', () => {
  it('is read without its line end, of brokers, registry and ClickHouse, and not shown', () => {
    const config = readConfig(
      {
        ...login,
        KAFKA_SASL_PASSWORD_FILE: file,
        KAFKA_SSL_PASSPHRASE_FILE: file,
        SCHEMA_REGISTRY_URL: 'https://r',
        SCHEMA_REGISTRY_USERNAME: 'me',
        SCHEMA_REGISTRY_PASSWORD_FILE: file,
        CLICKHOUSE_URL: 'https://c',
        CLICKHOUSE_USERNAME: 'me',
        CLICKHOUSE_PASSWORD_FILE: file,
      },
      { folder: null },
    );
    expect(config.kafka).toMatchObject({
      sasl: { password: 'hunter2 ' },
      sslPassphrase: 'hunter2 ',
    });
    expect(config.registry?.login?.password).toBe('hunter2 ');
    expect(config.clickhouse?.login?.password).toBe('hunter2 ');
    expect(JSON.stringify(redacted(config))).not.toContain('hunter2');
  });

  it('that is not there, or beside a password, is a problem', () => {
    expect(problem({ ...login, KAFKA_SASL_PASSWORD_FILE: join(dir, 'none') })).toMatch(
      /KAFKA_SASL_PASSWORD_FILE: ENOENT/,
    );
    expect(
      problem({ ...login, KAFKA_SASL_PASSWORD: 'x', KAFKA_SASL_PASSWORD_FILE: file }),
    ).toContain('KAFKA_SASL_PASSWORD_FILE: password is given as well');
    expect(problem(login)).toContain('a password is wanted beside the user name');
  });
});

describe('certificates', () => {
  const tls = (env: Record<string, string>) =>
    readConfig({ KAFKA_BROKERS: 'a:1', ...env }, { folder: null }).kafka?.ssl;

  it('put TLS on', () => {
    expect(tls({})).toBe(false);
    expect(tls({ KAFKA_SSL_CA: 'ca.pem' })).toBe(true);
    expect(tls({ KAFKA_SSL_CERT: 'c.pem', KAFKA_SSL_KEY: 'k.pem' })).toBe(true);
  });

  it('belong together', () => {
    const base = { KAFKA_BROKERS: 'a:1' };
    expect(problem({ ...base, KAFKA_SSL_CERT: 'c.pem' })).toContain('sslKey is wanted beside it');
    expect(problem({ ...base, KAFKA_SSL_KEY: 'k.pem' })).toContain('sslCert is wanted beside it');
    expect(problem({ ...base, KAFKA_SSL: 'false', KAFKA_SSL_CA: 'c.pem' })).toContain(
      'it is off, and a certificate is named',
    );
  });

  it('count from the folder of the file that names them', () => {
    const yaml = join(dir, 'millrace.yaml');
    writeFileSync(yaml, 'kafka: { brokers: [a:1], sslCa: tls/ca.pem }');
    const config = readConfig({}, { flags: { config: yaml } });
    expect(config.kafka?.sslCa).toBe(join(dir, 'tls/ca.pem'));
  });
});
