// One broker with a listener of every kind: plain, TLS, TLS with a client's certificate, SASL with and
// without TLS. With an authorizer: users have what their ACLs allow, and whoever needs no login has all.

import { startKafka } from '../../infra/embedded/kafka.ts';
import type { Listener, ListenerProtocol } from '../../infra/embedded/kafka-properties.ts';
import { freePort } from '../../infra/embedded/ports.ts';
import type { EmbeddedKafka } from '../../infra/embedded/types.ts';
import type { Certificates } from './certificates.ts';

export interface SecureBroker extends AsyncDisposable {
  readonly kafka: EmbeddedKafka;
  /** Address of each listener. */
  readonly plain: string;
  readonly tls: string;
  readonly mutualTls: string;
  readonly sasl: string;
  readonly saslTls: string;
  /** Without TLS and login, on `[::1]`. */
  readonly ipv6: string;
}

export interface User {
  readonly username: string;
  readonly password: string;
}

/** May do everything. */
export const admin: User = { username: 'admin', password: 'admin-secret' };
/** May do what ACLs allow. */
export const limited: User = { username: 'limited', password: 'limited-secret' };

const users = [admin, limited];
const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const module = 'org.apache.kafka.common.security';

export async function startSecureBroker(
  options: { readonly dataDir: string; readonly partsDir: string },
  certificates: Certificates,
): Promise<SecureBroker> {
  let port = 17_500 + (process.pid % 200) * 10;
  const take = async (host = '127.0.0.1') => {
    port = (await freePort(port, host)) + 1;
    return port - 1;
  };
  const client = await take();
  const listener = async (protocol: ListenerProtocol): Promise<Listener> => {
    const at = await take();
    return { port: at, advertised: `127.0.0.1:${at}`, protocol };
  };
  const [tls, mutualTls] = [await listener('SSL'), await listener('SSL')];
  const [sasl, saslTls] = [await listener('SASL_PLAINTEXT'), await listener('SASL_SSL')];
  const at6 = await take('::1');
  const ipv6: Listener = { port: at6, host: '::1', advertised: `[::1]:${at6}` };
  const settings: Record<string, string | boolean> = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': certificates.server.pem,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': certificates.ca,
    'listener.name.ssl2.ssl.client.auth': 'required',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:ANONYMOUS;User:${admin.username};User:CN=client`,
  };
  const plain = users.map(({ username, password }) => `user_${username}="${password}"`).join(' ');
  for (const at of ['sasl_plaintext3', 'sasl_ssl4']) {
    settings[`listener.name.${at}.sasl.enabled.mechanisms`] = ['PLAIN', ...scram].join();
    settings[`listener.name.${at}.plain.sasl.jaas.config`] =
      `${module}.plain.PlainLoginModule required ${plain};`;
    for (const mechanism of scram) {
      settings[`listener.name.${at}.${mechanism.toLowerCase()}.sasl.jaas.config`] =
        `${module}.scram.ScramLoginModule required;`;
    }
  }
  const kafka = await startKafka({
    ...options,
    port: client,
    heapMb: 256,
    listeners: [tls, mutualTls, sasl, saslTls, ipv6],
    settings,
    scram: users.flatMap(({ username, password }) =>
      scram.map((mechanism) => `${mechanism}=[name=${username},password=${password}]`),
    ),
  });
  return {
    kafka,
    plain: kafka.brokers,
    tls: tls.advertised,
    mutualTls: mutualTls.advertised,
    sasl: sasl.advertised,
    saslTls: saslTls.advertised,
    ipv6: ipv6.advertised,
    [Symbol.asyncDispose]: () => kafka[Symbol.asyncDispose](),
  };
}
