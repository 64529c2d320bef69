// `GET /v1/health`: whether the process answers, and whether what it needs is ready.
import { list, object, text } from '../json-schema.ts';
import type { ApiRoute } from '../route.ts';

export interface Health {
  readonly ready: boolean;
  /** Why it is not. */
  readonly reasons: readonly string[];
}

export function healthRoute(health: () => Health | Promise<Health>): ApiRoute {
  return {
    method: 'GET',
    url: '/v1/health',
    scope: null,
    summary: 'Whether it can serve',
    description: 'Answers 200 while the process lives; `ready` says whether it can serve.',
    answer: object({
      ready: { type: 'boolean' },
      reasons: list(text('Why it is not ready.')),
    }),
    handle: async () => health(),
  };
}
