// Checks every request before it is answered.
import type { FastifyInstance } from 'fastify';
import { securityHeaders } from './security.ts';

/** @param allowed whether a request with this Host header is answered; see `hostCheck` */
export function guard(app: FastifyInstance, allowed: (header?: string) => boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'cache-control': 'no-cache' });
    if (!allowed(request.headers.host)) {
      return reply.code(421).send({
        code: 'host-refused',
        what: 'This server does not answer to that host name.',
        todo: 'Open it by its address, or start it with the name it is to answer to.',
      });
    }
    const isPage = request.url === '/' || request.url.startsWith('/?');
    if (request.headers['sec-fetch-site'] === 'cross-site' && !isPage) {
      return reply.code(403).send({ code: 'cross-site', what: 'Other sites may not use this.' });
    }
  });
}
