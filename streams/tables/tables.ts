// Global tables: what every task of a process looks things up in, kept from their topics.
// They hold the latest, not a moment in time; what a decision took from them it logs.
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Experiment, experiments } from '../../schemas/topics/experiments.ts';
import { type Explanation, explanations } from '../../schemas/topics/explanations.ts';
import { type Intent, intents } from '../../schemas/topics/intents.ts';
import { type ItemVector, itemVectors } from '../../schemas/topics/item-vectors.ts';
import { type Item, items } from '../../schemas/topics/items.ts';
import { type Snapshot, snapshots } from '../../schemas/topics/snapshots.ts';
import { type UserState, userStates } from '../../schemas/topics/user-state.ts';
import type { PolicyTable } from '../engine/snapshot-table.ts';
import type { Catalogue } from './catalogue.ts';
import type { Experiments } from './experiments.ts';
import type { Explanations } from './explanations.ts';
import type { Intents } from './intents.ts';
import type { Users } from './users.ts';
import type { Vectors } from './vectors.ts';

export interface Tables {
  readonly catalogue: Catalogue;
  readonly vectors: Vectors;
  readonly policies: PolicyTable;
  readonly users: Users;
  readonly experiments: Experiments;
  readonly explanations: Explanations;
  readonly intents: Intents;
}

/** Which topic feeds which table. */
export const tableTopics: { readonly [K in keyof Tables]: AnyTopic } = {
  catalogue: items,
  vectors: itemVectors,
  policies: snapshots,
  users: userStates,
  experiments,
  explanations,
  intents,
};

/** Feeds a record of a table's topic; `null` is a deletion. */
export function applyToTable(
  tables: Tables,
  name: keyof Tables,
  key: string,
  event: unknown | null,
): void {
  if (event === null) {
    if (name === 'catalogue' || name === 'users' || name === 'experiments') {
      tables[name].delete(key);
    }
    return;
  }
  if (name === 'catalogue') tables.catalogue.put(event as Item);
  else if (name === 'users') tables.users.put(event as UserState);
  else if (name === 'experiments') tables.experiments.put(event as Experiment);
  else if (name === 'explanations') tables.explanations.put(event as Explanation);
  else if (name === 'intents') tables.intents.put(event as Intent);
  else if (name === 'policies') tables.policies.apply(event as Snapshot);
  else tables.vectors.add((event as ItemVector).itemId, (event as ItemVector).vector);
}
