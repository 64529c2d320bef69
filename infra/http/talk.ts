// The page on which people talk: what comes in is a text of a dialogue, what goes out is the reply.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ownPageOnly } from './explanations.ts';

const turn = z.strictObject({
  /** Names the dialogue; the page makes a random one. */
  session: z.string().regex(/^[\w-]{8,64}$/),
  text: z.string().trim().min(1).max(1_000),
});

/** A text in a dialogue. */
export type TalkTurn = z.infer<typeof turn>;

export interface TalkReply {
  readonly act: string;
  readonly text: string;
  /** Titles recommended, or explained. */
  readonly items: readonly string[];
}

/** Answers a text; dialogues that were silent for long are forgotten. */
export type AnswerTurn = (turn: TalkTurn) => Promise<TalkReply>;

/** Largest size of a turn, bytes. */
const bodyLimit = 8_192;

/** Adds `GET /talk` and `POST /api/talk`; none without `answer`. */
export function addTalk(app: FastifyInstance, answer?: AnswerTurn): void {
  if (!answer) return;
  const onRequest = ownPageOnly({ page: '/talk', invalid: 'turn-invalid' });
  app.get('/talk', (_request, reply) => reply.sendFile('talk.html'));
  app.post('/api/talk', { bodyLimit, onRequest }, async (request, reply) => {
    const parsed = turn.safeParse(request.body);
    if (parsed.success) return await answer(parsed.data);
    const why = z.prettifyError(parsed.error);
    return reply.code(400).send({ code: 'turn-invalid', what: 'The text cannot be used.', why });
  });
}
