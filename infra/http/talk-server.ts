// A web server for the page on which people talk, alone.
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import fastify from 'fastify';
import { guard } from './guard.ts';
import { listen } from './listen.ts';
import { hostCheck } from './security.ts';
import { type AnswerTurn, addTalk } from './talk.ts';

export interface TalkServerOptions {
  readonly answer: AnswerTurn;
  readonly host: string;
  /** First port to try; 0 takes any. */
  readonly port: number;
}

export interface TalkServer extends AsyncDisposable {
  /** Address of the server, without a slash at the end. */
  readonly url: string;
}

const pageFolder = fileURLToPath(new URL('./public/', import.meta.url));

/** Serves `/talk` until disposed of. @throws MillraceError `dashboard-port` */
export async function serveTalk({ answer, host, port }: TalkServerOptions): Promise<TalkServer> {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 64 * 1024 });
  guard(app, hostCheck(host));
  addTalk(app, answer);
  app.register(fastifyStatic, { root: pageFolder, cacheControl: false });
  try {
    const url = await listen(app, host, port);
    return { url, [Symbol.asyncDispose]: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}
