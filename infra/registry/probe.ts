// Asks a schema registry once whether it can be used with these settings.
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { certificatesOf, type RegistryAddress } from './client.ts';
import { registryFailed } from './failures.ts';

const timeout = 5_000;

/** @throws MillraceError `registry-unreachable`, `registry-login` */
export async function probeRegistry(address: RegistryAddress): Promise<void> {
  const what = 'The schema registry cannot be used.';
  const url = new URL(`${address.url}/subjects`);
  const { username, password } = address.auth ?? {
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  const options = {
    ...certificatesOf(address),
    timeout,
    ...(username ? { auth: `${username}:${password}` } : {}),
  };
  const status = await new Promise<number>((resolve, reject) => {
    const request = (url.protocol === 'https:' ? getSecure : getPlain)(url, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    request.once('timeout', () => request.destroy(new Error(`no answer in ${timeout} ms`)));
    request.once('error', reject);
  }).catch((error: Error) => {
    throw registryFailed(what, { status: 400, message: error.message });
  });
  if (status === 200) return;
  throw registryFailed(what, { status, message: `It answers ${status} to GET /subjects.` });
}
