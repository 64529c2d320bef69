// What the suite runs: the job `attribute` of the benchmark, on topics and schemas of its own.

import { attributeStage } from '../../bench/attribute/stage.ts';
import {
  type BenchImpression,
  benchClicks,
  benchExamples,
  benchImpressions,
  openChangelog,
  usersChangelog,
} from '../../bench/attribute/topics.ts';
import { record } from '../../schemas/avro.ts';
import { type AnyTopic, defineTopic } from '../../schemas/topic.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { positions } from '../../schemas/topics/positions.ts';
import type { Topology } from '../../streams/engine/topology.ts';

export const topology: Topology = { stages: [attributeStage()], enrichers: [] };

/** How many partitions each topic has, and so how many tasks there are. */
export const partitions = 4;

export const changelogs = [openChangelog, usersChangelog];
export const jobTopics = [
  benchImpressions,
  benchClicks,
  benchExamples,
  deadLetters,
  positions,
  ...changelogs,
] as const;

/** The group the stage joins. */
export const groupOf = (application: string) => `${application}-${topology.stages[0]!.name}`;

/** A run's topics lie under its prefix. */
export const namesUnder = (prefix: string) => (topic: AnyTopic) => `${prefix}${topic.name}`;

/**
 * Impressions as a newer producer writes them, with a field more: every worker must ask the registry
 * for that schema before it can read one.
 */
export const newerImpressions = defineTopic({
  ...benchImpressions,
  schema: record('Impression', benchImpressions.schema.doc, [
    ...benchImpressions.schema.fields,
    { name: 'surface', type: 'string', default: 'none' },
  ]),
  keyOf: (event: BenchImpression) => event.userId,
  timeOf: (event: BenchImpression) => event.at,
});
