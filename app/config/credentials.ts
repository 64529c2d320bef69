// Passwords and certificates: what belongs together, and passwords that are kept in files of their own.
import { readFileSync } from 'node:fs';
import { at } from './layers.ts';
import type { Problem } from './problems.ts';
import type { Parsed } from './schema.ts';

/** Secrets that can be kept in a file; the setting that names the file ends in `File`. */
const secrets: readonly (readonly string[])[] = [
  ['kafka', 'sasl', 'password'],
  ['kafka', 'sslPassphrase'],
  ['registry', 'login', 'password'],
  ['clickhouse', 'login', 'password'],
];

const fileOf = (path: readonly string[]) => [...path.slice(0, -1), `${path.at(-1)}File`];

/** The secret in a file: its text without the line end that editors put after it. */
const readSecret = (file: string) => readFileSync(file, 'utf8').replace(/\r?\n$/, '');

/** Problems between settings of logins and certificates. @param values as they were given */
export function checkCredentials(values: unknown): Problem[] {
  const problems: Problem[] = [];
  for (const path of secrets) {
    const file = at(values, fileOf(path));
    if (typeof file !== 'string') continue;
    if (at(values, path)) {
      problems.push({
        path: fileOf(path),
        message: `${path.at(-1)} is given as well: one of them`,
      });
    }
    try {
      readSecret(file);
    } catch (error) {
      problems.push({ path: fileOf(path), message: (error as Error).message });
    }
  }
  const kafka = at(values, ['kafka']) as Readonly<Record<string, unknown>> | undefined;
  const sasl = at(kafka, ['sasl']) as Readonly<Record<string, unknown>> | undefined;
  if (sasl && sasl.password === undefined && sasl.passwordFile === undefined) {
    const message = 'a password is wanted beside the user name';
    problems.push({ path: ['kafka', 'sasl', 'password'], message });
  }
  if ((kafka?.sslCert === undefined) !== (kafka?.sslKey === undefined)) {
    const [given, missing] = kafka?.sslCert ? ['sslCert', 'sslKey'] : ['sslKey', 'sslCert'];
    problems.push({ path: ['kafka', given], message: `${missing} is wanted beside it` });
  }
  if (isOff(kafka?.ssl) && (kafka?.sslCa !== undefined || kafka?.sslCert !== undefined)) {
    problems.push({ path: ['kafka', 'ssl'], message: 'it is off, and a certificate is named' });
  }
  return problems;
}

const isOff = (value: unknown) => value !== undefined && /^(false|0|no)$/.test(String(value));

/** The sections with the secrets of files read, and with TLS on where a certificate is named. */
export function withCredentials({ kafka, registry, clickhouse }: Parsed) {
  return {
    kafka: kafka && {
      ...kafka,
      ssl: kafka.ssl ?? (kafka.sslCa !== undefined || kafka.sslCert !== undefined),
      sslPassphrase: kafka.sslPassphraseFile
        ? readSecret(kafka.sslPassphraseFile)
        : kafka.sslPassphrase,
      sasl: kafka.sasl && withPassword(kafka.sasl),
    },
    registry: registry && { ...registry, login: registry.login && withPassword(registry.login) },
    clickhouse: clickhouse && {
      ...clickhouse,
      login: clickhouse.login && withPassword(clickhouse.login),
    },
  };
}

interface Login {
  readonly password?: string | undefined;
  readonly passwordFile?: string | undefined;
}

const withPassword = <T extends Login>(login: T): T & { password: string } => ({
  ...login,
  password: login.passwordFile ? readSecret(login.passwordFile) : (login.password ?? ''),
});
