// A schema registry behind https and a login: a gate in front of the one that is there.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyPair } from './certificates.ts';

export const registryLogin = { username: 'me', password: 'p@ss/w:rd' };

const { username, password } = registryLogin;
const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

export interface RegistryGate extends AsyncDisposable {
  readonly url: string;
  /** Number of requests that came without the login. */
  refused: number;
}

export async function gateRegistry(
  url: string,
  { cert, key }: KeyPair,
  host = '127.0.0.1',
): Promise<RegistryGate> {
  const target = new URL(url);
  const tls = { cert: readFileSync(cert), key: readFileSync(key) };
  const server = createServer(tls, (question, answer) => {
    if (question.headers.authorization !== wanted) {
      gate.refused++;
      answer.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' });
      answer.end('{"error_code":401,"message":"Unauthorized"}');
      return;
    }
    const { hostname, port } = target;
    const { url: path, method, headers } = question;
    const passed = request({ hostname, port, path, method, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(answer);
    });
    passed.once('error', () => answer.destroy());
    question.pipe(passed);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  const gate: RegistryGate = {
    url: `https://${name}:${port}${target.pathname}`,
    refused: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
  return gate;
}
