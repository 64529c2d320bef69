// Who may ask: no page of another site, and nobody who reached this address by a foreign name.
import type { FastifyInstance } from 'fastify';
import { securityHeaders } from '../security.ts';

/** @param allowed whether a request with this Host header is answered; see `hostCheck` */
export function checkCaller(app: FastifyInstance, allowed: (header?: string) => boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    const { host, 'sec-fetch-site': site } = request.headers;
    const refused = !allowed(host)
      ? [421, `This server does not answer to the host name ${JSON.stringify(host ?? '')}`]
      : site === 'cross-site'
        ? [403, 'Pages of other sites may not ask']
        : undefined;
    if (refused)
      return reply
        .code(refused[0] as number)
        .header('X-ClickHouse-Exception-Code', '497')
        .type('text/plain; charset=UTF-8')
        .send(`Code: 497. DB::Exception: ${refused[1]}. (ACCESS_DENIED)\n`);
  });
}
