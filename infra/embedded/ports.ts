// Finds a port to listen on: the wanted one, or the next that is free.
import { createServer } from 'node:net';
import { MillraceError } from '../../schemas/errors.ts';

/** True when `host:port` can be listened on now. */
export function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The first free port at or after `preferred`, leaving out `taken`.
 * @throws MillraceError `no-free-port` after 100 steps
 */
export async function freePort(
  preferred: number,
  host: string,
  taken: readonly number[] = [],
  free: (port: number, host: string) => Promise<boolean> = isFree,
): Promise<number> {
  const last = Math.min(preferred + 100, 65_535);
  for (let port = preferred; port <= last; port++) {
    if (!taken.includes(port) && (await free(port, host))) return port;
  }
  throw new MillraceError({
    code: 'no-free-port',
    what: `No free port from ${preferred} to ${last} on ${host}.`,
    todo: 'Choose another with --port (SQL: --sql-port), or end what listens there.',
  });
}
