// The page on which people rate explanations: what it shows, and how a rating comes in.
//
// A rating is written, so more is asked of its request than of a read: it must say by its Origin that it
// comes from this server's own page, be JSON (which no form of another site can send without asking
// first), and be small.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** A reason as the page shows it; fields of the view `latest_explanations`. */
export interface ShownExplanation {
  readonly hash: string;
  readonly title: string;
  readonly text: string;
  readonly citedTitles: readonly string[];
  readonly citedGroups: readonly string[];
  readonly citedAttributes: readonly string[];
  readonly model: string;
  /** Number of marks that people have given so far. */
  readonly judgementsByPeople: number;
}

const mark = z.int().min(1).max(5);

const rating = z.strictObject({
  /** Hash of the explanation that is rated. */
  hash: z.string().regex(/^[0-9a-f]{32}$/),
  /** Name that the person gives. */
  by: z.string().trim().max(60).default(''),
  marks: z.strictObject({ helpful: mark, true: mark, clear: mark }),
});

/** A person's marks for an explanation, each from 1 to 5. */
export type Rating = z.infer<typeof rating>;

export interface Explanations {
  /** Reads the latest explanations. */
  readonly latest: () => Promise<readonly ShownExplanation[]>;
  /** Keeps a rating; resolves once it is safe. */
  readonly judge: (rating: Rating) => Promise<void>;
}

/** Largest size of a rating, bytes. */
const bodyLimit = 2_048;

/**
 * Adds `GET /explanations`, `GET /api/explanations` and `POST /api/judgements`; none without
 * `explanations`.
 */
export function addExplanations(app: FastifyInstance, explanations?: Explanations): void {
  if (!explanations) return;
  app.get('/explanations', (_request, reply) => reply.sendFile('explanations.html'));
  app.get('/api/explanations', async (_request, reply) => {
    try {
      return await explanations.latest();
    } catch (error) {
      return unavailable(reply, error);
    }
  });
  const onRequest = ownPageOnly({ page: '/explanations', invalid: 'judgement-invalid' });
  app.post('/api/judgements', { bodyLimit, onRequest }, async (request, reply) => {
    const parsed = rating.safeParse(request.body);
    if (!parsed.success) {
      return reply.code(400).send({
        code: 'judgement-invalid',
        what: 'The rating cannot be used.',
        why: z.prettifyError(parsed.error),
      });
    }
    try {
      await explanations.judge(parsed.data);
      return await reply.code(201).send({ kept: true });
    } catch (error) {
      return unavailable(reply, error);
    }
  });
}

/** Refuses a request from another site's page, before its body is read, and one that is no JSON. */
export const ownPageOnly =
  ({ page, invalid }: { page: string; invalid: string }) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { origin, host } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const own =
      host !== undefined &&
      hostOf(origin) === host &&
      (site === undefined || site === 'same-origin');
    if (!own) {
      return reply.code(403).send({
        code: 'origin-refused',
        what: 'Only the page of this server may write here.',
        todo: `Open ${page} and write there.`,
      });
    }
    if (/^application\/json(?:;|$)/.test(request.headers['content-type'] ?? '')) return undefined;
    return reply.code(415).send({ code: invalid, what: 'It is to come as JSON.' });
  };

/** Host of an Origin header; undefined if it is absent or no address, such as `null`. */
function hostOf(origin: string | undefined): string | undefined {
  return origin === undefined ? undefined : URL.parse(origin)?.host;
}

function unavailable(reply: FastifyReply, error: unknown) {
  return reply.code(503).send({ code: 'state-unavailable', what: String(error) });
}
