// The slate for a request that nobody could decide in time: what is popular, as this process knows it,
// without the user's state. It is drawn like any other, so its propensities are true; it is not logged.

import { newUser } from '../../models/user/track.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { Request } from '../../schemas/topics/requests.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import type { TableReader } from '../engine/table.ts';
import { catalogueTable } from '../tables/catalogue.ts';
import { intentsTable } from '../tables/intents.ts';
import { rulesTable } from '../tables/rules.ts';
import { vectorsTable } from '../tables/vectors.ts';
import { candidatesOf, type Retrievers } from './candidates.ts';
import { decide, describeCandidates, seedOf, type Variant } from './decide.ts';
import { ServedPolicies } from './policies.ts';
import { factsOf } from './ruled-candidates.ts';

/** A slate as it is answered, which a fallback is as well. */
export type AnsweredSlate = Omit<Impression, 'tier'> & {
  readonly tier: Impression['tier'] | 'fallback';
};

/** Name of what decides in a fallback. */
const name = 'fallback';

const variant: Variant = {
  name,
  policy: 'popularity',
  share: 1,
  exploration: { temperature: 1, floor: 0.05 },
};

export interface FallbackOptions {
  /** Salt of every draw. */
  readonly salt: string;
  /** Number of candidates from each retriever. @default retrieverDefaults */
  readonly retrievers?: Retrievers | undefined;
}

/** Makes what answers in a fallback, from the tables that the serving stage reads. */
export function fallbackOf(
  tables: TableReader,
  { salt, retrievers }: FallbackOptions,
): (request: Request) => AnsweredSlate {
  const policies = new ServedPolicies(tables.of(snapshotTable));
  return (request) => {
    const catalogue = tables.of(catalogueTable);
    const vectors = tables.of(vectorsTable).of('representer');
    const state = newUser(request.userId);
    const learner = policies.learner();
    const seed = seedOf(request.requestId, `${salt} ${name}`);
    const rules = tables.of(rulesTable).inForce({ ...request, feedbacks: 0 });
    const sources = { learner, vectors, catalogue, rules };
    const ids = candidatesOf(request, state, sources, seed, retrievers);
    const facts = () => ids.map((itemId) => factsOf(catalogue, itemId));
    const candidates = describeCandidates(ids, state, {
      vectors,
      groupsOf: (itemId) => catalogue.groupsOf(itemId),
      intent: tables.of(intentsTable).of(request.userId, request.at),
    });
    const decider = {
      salt: `${salt} ${name}`,
      variants: [variant],
      policyOf: (policy: string, given: Parameters<ServedPolicies['of']>[1]) =>
        policies.of(policy, given),
      ruled: rules && { inForce: rules, arranged: rules.arrange(facts(), request.k) },
      missing: ['member', ...(learner ? [] : ['snapshot'])],
    };
    const slate = decide(decider, request, state, candidates);
    return { ...slate, impressionId: `${name}-${request.requestId}`, tier: name };
  };
}
