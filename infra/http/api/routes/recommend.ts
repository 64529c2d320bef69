// `POST /v1/recommend`: a slate for a user. The answer is the impression as it was logged.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { acts } from '../../../../models/dialogue/reply.ts';
import { mostItems } from '../../../../schemas/rules.ts';
import { impressions, tiers } from '../../../../schemas/topics/impressions.ts';
import {
  contextName,
  type Request,
  requests,
  wordLimits,
} from '../../../../schemas/topics/requests.ts';
import { AnsweredError } from '../answer-error.ts';
import { type BorderCheck, refused } from '../input.ts';
import { flag, list, object, recordSchema, text as saying, withOptional } from '../json-schema.ts';
import type { Call, Ports, Recommended } from '../ports.ts';
import { digestOf, Remembered } from '../remembered.ts';
import { type ApiRoute, route } from '../route.ts';
import { Sessions } from '../sessions.ts';
import { id, time } from './fields.ts';

const { texts, text, entries, name, value } = wordLimits;

export const recommendBody = z.strictObject({
  userId: id.describe('Whom the slate is for.'),
  k: z.int().min(1).max(mostItems).default(10).describe('Number of items wanted.'),
  at: time.describe('Time of the request, ms since 1970. Default: now.'),
  surface: z.string().max(512).default('').describe('Where the slate will be shown.'),
  candidates: z
    .array(id)
    .max(10_000)
    .nullish()
    .describe('Items to choose from. Default: gathered from the whole catalogue.'),
  said: z
    .array(z.string().min(1).max(text).regex(/\S/, 'it is blank'))
    .max(texts)
    .nullish()
    .describe('What the user typed, newest last. It stays out of SQL.'),
  sessionId: z
    .string()
    .min(1)
    .max(value)
    .regex(/\S/, 'it is blank')
    .nullish()
    .describe(
      'A dialogue: what its user said in it before, over this interface, goes before `said` for half an hour.',
    ),
  context: z
    .record(
      z.string().max(name).regex(contextName),
      z.string().min(1).max(value).regex(/\S/, 'it is blank'),
    )
    .refine((map) => Object.keys(map).length <= entries, `at most ${entries} entries`)
    .nullish()
    .describe('Of the moment, such as device or occasion.'),
});

type Body = z.infer<typeof recommendBody>;

/** The words that go with a slate. */
const words = object(
  {
    act: { type: 'string', enum: [...acts] },
    text: saying('A recommendation with its reason, a question, or why.'),
    groups: list(saying('A group.'), 'Groups asked about.'),
  },
  'The words that go with the slate; only where the request said something.',
);

const answer = {
  ...recordSchema(impressions.schema),
  description: 'The impression as it was logged.',
} as { properties: Record<string, object>; required: string[]; description: string };

export interface RecommendOptions {
  readonly ports: Pick<Ports, 'recommend'>;
  readonly border: BorderCheck<typeof requests>;
  readonly now: () => number;
}

export function recommendRoute(options: RecommendOptions): ApiRoute {
  const keys = new Remembered<Promise<Recommended>>();
  const sessions = new Sessions();
  return route<Body>({
    method: 'POST',
    url: '/v1/recommend',
    scope: 'read',
    summary: 'A slate for a user',
    description:
      'Decides a slate and logs it, with the propensity of each position, before it answers. Send feedback with its `impressionId`.',
    body: recommendBody,
    keyed:
      'Id of the request. The same key gives the same impression; with another body it is refused. Default: a random one.',
    answer: withOptional(
      object(
        {
          ...answer.properties,
          tier: {
            type: 'string',
            enum: [...tiers, 'fallback'],
            description: 'What decided; `fallback` where nothing could in time (docs/http.md).',
          },
          logged: flag(
            'Whether the impression is durable. False in a fallback: then it takes no feedback.',
          ),
          repeated: flag('Whether this key had been answered before.'),
        },

        answer.description,
      ),
      { answer: words },
    ),
    errors: { 409: 'The key was used with another body.' },
    async handle({ body, key, call }) {
      const request = sessions.with(
        requestOf(body, key ?? randomUUID(), options.now()),
        body.sessionId ?? undefined,
        options.now(),
      );
      const problem = options.border(request);
      if (problem) throw refused(requests, problem);
      // The member that has handed it on remembers the key; the streams answer once in any case.
      if (call.forwarded) return flat(await options.ports.recommend(request, call));
      const digest = digestOf(body);
      return flat(await once(keys, request, digest, call, options.ports));
    },
  });
}

const flat = ({ impression, ...rest }: Recommended) => ({ ...impression, ...rest });

function requestOf(body: Body, requestId: string, now: number): Request {
  const { userId, k, surface, candidates, said, context } = body;
  return {
    ...{ requestId, userId, at: body.at ?? now, k, surface },
    candidates: candidates ?? null,
    said: said && said.length > 0 ? said : null,
    context: context && Object.keys(context).length > 0 ? context : null,
  };
}

/** Asks once for each key, however often it comes. @throws MillraceError `key-reused` */
async function once(
  keys: Remembered<Promise<Recommended>>,
  request: Request,
  digest: string,
  call: Call,
  ports: RecommendOptions['ports'],
): Promise<Recommended> {
  const { requestId } = request;
  for (;;) {
    const used = keys.get(requestId);
    if (!used) break;
    if (used.digest !== digest) throw keyReused();
    const known = await used.value.catch(() => undefined);
    if (known) return { ...known, repeated: true };
    call.signal.throwIfAborted(); // who asked first gave up; this one asks itself
    keys.forget(requestId, used.value);
  }
  const answered = ports.recommend(request, call);
  keys.put(requestId, digest, answered);
  try {
    const got = await answered;
    if (!answers(got.impression, request)) throw keyReused();
    if (!got.logged) keys.forget(requestId, answered);
    return got;
  } catch (error) {
    keys.forget(requestId, answered);
    throw error;
  }
}

/** Whether an impression can be the answer to a request: one of an earlier request of that id may not. */
function answers({ userId, items }: Recommended['impression'], request: Request): boolean {
  const { candidates, k } = request;
  if (userId !== request.userId || items.length > k) return false;
  return candidates === null || candidates.length === 0
    ? true
    : items.every(({ itemId }) => candidates.includes(itemId));
}

const keyReused = () =>
  new AnsweredError({
    code: 'key-reused',
    what: 'This Idempotency-Key was used with another body.',
    why: 'A key stands for one request, so that a retry gives the same impression.',
    todo: 'Use a new key, such as a random UUID, for each new request; keep it for its retries.',
  });
