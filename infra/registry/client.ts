// The client of the schema registry: address, login and certificates.
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { MillraceError } from '../../schemas/errors.ts';

export interface RegistryAddress {
  /** URL of a Confluent-compatible API. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  /** PEM file of those who sign the registry's certificate. @default those that Node trusts */
  readonly ca?: string | undefined;
}

/** @throws MillraceError `registry-unreachable` for certificates that cannot be read */
export function connectRegistry(address: RegistryAddress): SchemaRegistry {
  const { url, auth } = address;
  const certificates = certificatesOf(address);
  return new SchemaRegistry({
    host: url,
    ...(auth ? { auth: { username: auth.username, password: auth.password } } : {}),
    ...(certificates ? { agent: new Agent(certificates) } : {}),
    retry: { initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 5, retries: 5 },
  });
}

/** Certificates to believe, as Node takes them; undefined for those that it trusts anyway. */
export function certificatesOf({ url, ca }: RegistryAddress): { ca: Buffer } | undefined {
  if (!ca || !url.startsWith('https:')) return undefined;
  try {
    return { ca: readFileSync(ca) };
  } catch (cause) {
    throw new MillraceError({
      code: 'registry-unreachable',
      what: 'The certificates of SCHEMA_REGISTRY_CA cannot be read.',
      why: (cause as Error).message,
      todo: 'Name a PEM file.',
      cause,
    });
  }
}
