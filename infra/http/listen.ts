// Takes the wanted port, or the next free one.
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MillraceError } from '../../schemas/errors.ts';

const MAX_STEPS = 50;

export interface Listening extends AsyncDisposable {
  /** Address of the server, without a slash at the end. */
  readonly url: string;
}

/**
 * Listens on the first free port from the one wanted, until disposed of; if none is free the server is closed.
 * @param what name of what listens, for the error
 * @throws MillraceError `dashboard-port`
 */
export async function listen(
  app: FastifyInstance,
  host: string,
  port: number,
  what = 'The dashboard',
): Promise<Listening> {
  try {
    const url = await firstFree(app, host, port, what);
    return { url, [Symbol.asyncDispose]: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function firstFree(
  app: FastifyInstance,
  host: string,
  port: number,
  what: string,
): Promise<string> {
  for (let next = port; next < port + MAX_STEPS; next++) {
    try {
      await app.listen({ host, port: next });
      return urlOf(app.server.address() as AddressInfo);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE')
        throw refused(what, host, next, error);
    }
  }
  throw refused(what, host, port, undefined);
}

function urlOf({ address, family, port }: AddressInfo): string {
  const anywhere = address === '0.0.0.0' || address === '::';
  const name = anywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${name}:${port}`;
}

function refused(what: string, host: string, port: number, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'dashboard-port',
    what: `${what} cannot listen on ${host}, port ${port}.`,
    why: cause ? String(cause) : `The next ${MAX_STEPS} ports are all in use.`,
    todo: 'Choose another port or address.',
    cause,
  });
}
