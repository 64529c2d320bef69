// Certificates and logins of a Kafka client, from files and settings.
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { KafkaConfig } from 'kafkajs';
import { MillraceError } from '../../schemas/errors.ts';

/** How a cluster is spoken to. Files are named by their paths, so that other programs can read them as well. */
export interface KafkaSecurity {
  /** TLS to the brokers. @default false */
  readonly ssl?: boolean | undefined;
  /** PEM file of those who sign the brokers' certificates. @default those that Node trusts */
  readonly sslCa?: string | undefined;
  /** PEM file of the client's certificate. */
  readonly sslCert?: string | undefined;
  /** PEM file of the key of that certificate. */
  readonly sslKey?: string | undefined;
  /** Passphrase of the key. */
  readonly sslPassphrase?: string | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}

/** The client's options. @throws MillraceError `broker-tls` for a file that cannot be used */
export function securityOf(address: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const { sasl } = address;
  return {
    ...(address.ssl ? { ssl: tlsOf(address) } : {}),
    // A copy: the client keeps things of its own in it.
    ...(sasl
      ? {
          sasl: { mechanism: sasl.mechanism, ...loginOf(sasl) } as NonNullable<KafkaConfig['sasl']>,
        }
      : {}),
  };
}

const loginOf = ({ username, password }: NonNullable<KafkaSecurity['sasl']>) => ({
  username,
  password,
});

function tlsOf({ sslCa, sslCert, sslKey, sslPassphrase }: KafkaSecurity) {
  const options = {
    ...read('ca', 'KAFKA_SSL_CA', sslCa),
    ...read('cert', 'KAFKA_SSL_CERT', sslCert),
    ...read('key', 'KAFKA_SSL_KEY', sslKey),
    ...(sslPassphrase === undefined ? {} : { passphrase: sslPassphrase }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    throw unusable('The certificates for Kafka cannot be used.', cause);
  }
  return options;
}

function read(option: string, variable: string, file: string | undefined) {
  if (file === undefined) return {};
  try {
    return { [option]: readFileSync(file) };
  } catch (cause) {
    throw unusable(`The file of ${variable} cannot be read.`, cause);
  }
}

function unusable(what: string, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'broker-tls',
    what,
    why: (cause as Error).message,
    todo: 'Name PEM files; the key must be that of the certificate, and KAFKA_SSL_PASSPHRASE that of the key.',
    cause,
  });
}
