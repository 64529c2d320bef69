// Recreates a table or a policy from the first record of its inputs, beside the live one, and says
// whether the two are equal.

import { rebuildPolicy } from '../../infra/rebuild/policy.ts';
import type { Rebuilt } from '../../infra/rebuild/rebuilt.ts';
import type { RebuildStreams } from '../../infra/rebuild/run-through.ts';
import { learnersOf, policyNames } from '../../models/policies.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { tablesOf } from '../../streams/engine/table.ts';
import { policyStage } from '../../streams/learn/policy-stage.ts';
import { serveStage } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { rebuildItems } from './items.ts';
import { rebuildTable } from './table.ts';

type Rebuild = (streams: RebuildStreams) => Promise<Rebuilt>;

/**
 * Everything that can be rebuilt, by name: the tables, the policies of the given stages, and those
 * of the registry.
 */
export function rebuildable({ stages } = mainTopology()): ReadonlyMap<string, Rebuild> {
  const stores = serveStage().stores.map((store): [string, Rebuild] => [
    store.name,
    (streams) => rebuildTable(streams, store),
  ]);
  const learners = learnersOf(policyNames).map((entry) => policyStage(entry));
  const policies = [...learners, ...stages].flatMap((stage): [string, Rebuild][] => {
    const { snapshot } = stage.create(tablesOf([stage]));
    if (!snapshot) return [];
    return [[snapshot.policy, (streams) => rebuildPolicy(streams, stage, snapshot.policy)]];
  });
  return new Map([
    ...stores,
    [items.name, rebuildItems],
    [itemVectors.name, refuseVectors],
    ...policies,
  ]);
}

/**
 * What makes a table or policy anew and compares it; it throws `rebuild-inexact`, `rebuild-incomplete`,
 * `rebuild-moving` or `no-data` where there is no verdict.
 * @throws MillraceError `rebuild-unknown`
 */
export function rebuilderOf(name: string, topology = mainTopology()): Rebuild {
  const known = rebuildable(topology);
  const found = known.get(name);
  if (found) return found;
  throw new MillraceError({
    code: 'rebuild-unknown',
    what: `There is no table or policy ${name}.`,
    todo: `Name one of ${[...known.keys()].join(', ')}.`,
  });
}

async function refuseVectors(): Promise<never> {
  throw new MillraceError({
    code: 'rebuild-inexact',
    what: `${itemVectors.name} cannot be recreated exactly.`,
    why: 'A language model made it: its numbers depend on the machine, the engine and how texts were batched, and which items it came to on the time there was.',
    todo: 'The topic is the only copy: keep it, or delete it and let represent make vectors anew.',
  });
}
