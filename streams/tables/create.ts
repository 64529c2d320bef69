import { PolicyTable } from '../engine/snapshot-table.ts';
import { Catalogue } from './catalogue.ts';
import { Experiments } from './experiments.ts';
import { Explanations } from './explanations.ts';
import { Intents } from './intents.ts';
import type { Tables } from './tables.ts';
import { Users } from './users.ts';
import { Vectors } from './vectors.ts';

/** Empty tables; a runtime fills them from their topics. */
export function createTables(): Tables {
  return {
    catalogue: new Catalogue(),
    vectors: new Vectors(),
    policies: new PolicyTable(),
    users: new Users(),
    experiments: new Experiments(),
    explanations: new Explanations(),
    intents: new Intents(),
  };
}
