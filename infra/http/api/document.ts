// What the OpenAPI document says of each route; @fastify/swagger puts it together.
import { z } from 'zod';
import { object, orNull, text } from './json-schema.ts';
import type { ApiRoute, JsonSchema } from './route.ts';

/** Longest time that x-deadline-ms may name, ms. */
export const longestDeadlineMs = 60_000;

/** What the document says of the whole. */
export const about = {
  openapi: '3.1.0',
  info: {
    title: 'Millrace',
    version: '1.0.0',
    description:
      'Recommendations over HTTP: ask for slates, send feedback, keep the catalogue. docs/http.md shows it in use.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  tags: [{ name: 'recommend', description: 'Slates, feedback, catalogue and reasons.' }],
  components: {
    securitySchemes: {
      token: {
        type: 'http' as const,
        scheme: 'bearer',
        description:
          'A token of `millrace token add`. Without any token, this machine alone is answered.',
      },
    },
  },
};

/** Answers that every route can give. */
const ofAll: Readonly<Record<number, string>> = {
  400: 'The body is no JSON, or the address cannot be read.',
  408: 'There was no answer before the deadline; what was asked may still be carried out.',
  422: 'Fields cannot be used; the error names each.',
  429: 'Too many requests, in a second or at once. `retry-after` says when to come again, s.',
  503: 'The broker, or what decides, cannot be reached at the moment.',
};

const ofBodies = {
  413: 'The body, or an event in it, is too large.',
  415: 'The body is not `application/json`.',
};

const ofScopes = {
  401: 'There is no token in it, or one that is not known.',
  403: 'The token does not have the scope.',
};

/** Schemas that several routes share, by their `$id`. */
export const shared: readonly JsonSchema[] = [
  {
    $id: 'Error',
    type: 'object',
    properties: {
      error: object({
        code: text('Stable; each has a page in docs/errors.'),
        what: text('What happened.'),
        why: orNull(text('Why, as far as it is known.')),
        todo: orNull(text('What to do about it.')),
      }),
      requestId: text('The x-request-id of the answer; the log of the server has it, too.'),
      rows: { type: 'array', items: { type: 'object' }, description: 'Rows that cannot be used.' },
    },
    required: ['error', 'requestId'],
  },
];

/** The document is put together with the names of shared schemas as they are. */
export const refResolver = {
  buildLocalReference: ({ $id }: { readonly $id?: unknown }, _: unknown, __: unknown, i: number) =>
    typeof $id === 'string' ? $id : `schema-${i}`,
};

const requestHeaders = {
  'x-request-id': {
    type: 'string',
    description:
      'Name of the request in the log: up to 128 letters, digits, `.`, `_`, `:` and `-`. Default, and in place of another text: a random one. It comes back with the answer.',
  },
  'x-deadline-ms': {
    type: 'integer',
    minimum: 1,
    maximum: longestDeadlineMs,
    description: 'Time after which nobody waits for the answer, ms.',
  },
};

/** The schema of a route, as fastify takes it. */
export function documented(route: ApiRoute): Record<string, unknown> {
  const { summary, description, body, documented: shown = body, params, scope, keyed } = route;
  const errors = {
    ...ofAll,
    ...(body && ofBodies),
    ...(scope && ofScopes),
    ...route.errors,
  };
  return {
    summary,
    description: scope ? `${description} Scope: \`${scope}\`.` : description,
    operationId: operationOf(route),
    tags: ['recommend'],
    security: scope ? [{ token: [] }] : [],
    headers: object_({
      ...requestHeaders,
      ...(keyed && { 'idempotency-key': keyHeader(keyed) }),
    }),
    ...(shown && { body: jsonSchemaOf(shown) }),
    ...(params && {
      params: object(
        Object.fromEntries(Object.entries(params).map(([name, says]) => [name, text(says)])),
      ),
    }),
    response: {
      200: { description: 'Done.', ...route.answer },
      ...Object.fromEntries(
        Object.entries(errors).map(([status, says]) => [
          status,
          { description: says, $ref: 'Error#' },
        ]),
      ),
    },
  };
}

const keyHeader = (says: string) => ({
  type: 'string',
  minLength: 1,
  maxLength: 512,
  pattern: '^[!-~]+$',
  description: says,
});

/** An object none of whose properties need be there. */
const object_ = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties,
});

/** A name such as `recommend` or `explainByImpression`. */
function operationOf({ method, url }: ApiRoute): string {
  const words = url.split('/').filter((word) => word !== '' && word !== 'v1');
  const name = words
    .map((word) => word.replace(/^:/, 'by-'))
    .join('-')
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return method === 'GET' || method === 'POST' ? name : `${method.toLowerCase()}-${name}`;
}

/** What a setting of millrace.yaml says of itself beside its shape, and a schema does not know. */
const ofSettings = ['env', 'flag', 'unit', 'unset', 'isPath', 'secret'];

export function jsonSchemaOf(shape: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, {
    io: 'input',
    override({ jsonSchema }) {
      for (const name of ofSettings) delete (jsonSchema as Record<string, unknown>)[name];
    },
  }) as JsonSchema;
  return schema;
}
