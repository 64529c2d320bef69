// A web server for the page on which people talk, alone.
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import fastify from 'fastify';
import { guard } from './guard.ts';
import { type Listening, listen } from './listen.ts';
import { hostCheck } from './security.ts';
import { type AnswerTurn, addTalk } from './talk.ts';

export interface TalkServerOptions {
  readonly answer: AnswerTurn;
  readonly host: string;
  /** First port to try; 0 takes any. */
  readonly port: number;
}

const pageFolder = fileURLToPath(new URL('./public/', import.meta.url));

/** Serves `/talk` until disposed of. @throws MillraceError `dashboard-port` */
export async function serveTalk({ answer, host, port }: TalkServerOptions): Promise<Listening> {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 64 * 1024 });
  guard(app, hostCheck(host));
  addTalk(app, answer);
  app.register(fastifyStatic, { root: pageFolder, cacheControl: false });
  return await listen(app, host, port);
}
