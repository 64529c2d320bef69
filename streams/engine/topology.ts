// A topology: stages and enrichers that run together, checked when they are put together.
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { positions } from '../../schemas/topics/positions.ts';
import type { EnricherDef } from './enricher.ts';
import type { Stage } from './stage.ts';
import { feedsOf, type TableDef } from './table.ts';

export interface Topology {
  /** Steps that process each event exactly once. */
  readonly stages: readonly Stage[];
  /** Asynchronous steps: at least once and idempotent. The event path never waits for them. */
  readonly enrichers: readonly EnricherDef[];
}

/**
 * Every topic of a topology, each once: inputs, outputs, tables and changelogs of its steps,
 * `dead-letters`, where a runtime puts the records it skips, and `positions`, where it keeps how far it
 * has read.
 */
export function topicsOf({ stages, enrichers }: Topology): AnyTopic[] {
  const steps = [...stages, ...enrichers];
  return [
    ...new Set<AnyTopic>([
      ...steps.flatMap((step) => [...step.inputs, ...step.outputs]),
      ...stages.flatMap(({ stores }) => stores.map(({ changelog }) => changelog)),
      ...steps.flatMap(({ tables }) => tables.flatMap(feedsOf)),
      deadLetters,
      positions,
    ]),
  ];
}

/** The global tables that the steps of a topology read, each once. */
export function tableDefsOf({ stages, enrichers }: Topology): TableDef[] {
  return [...new Set([...stages, ...enrichers].flatMap(({ tables }) => tables))];
}

/**
 * The topology, after a check that names are unique, the inputs of each stage are partitioned
 * alike, changelogs are compacted and belong to one store, and no two topics share a name.
 * @throws MillraceError `topology-invalid`
 */
export function checked(topology: Topology): Topology {
  const { stages, enrichers } = topology;
  const twice = firstTwice([...stages, ...enrichers].map(({ name }) => name));
  if (twice !== undefined) throw invalid(`Two steps are called ${twice}.`);
  const [foreign, own] = [true, false].map((is) =>
    topicsOf(topology).filter((topic) => (topic.foreign !== undefined) === is),
  );
  // A topic of another system may be called as one of ours: on the broker ours have a prefix.
  const sameName =
    firstTwice(own!.map(({ name }) => name)) ?? firstTwice(foreign!.map(({ name }) => name));
  if (sameName !== undefined) throw invalid(`Two topics are called ${sameName}.`);
  const changelogs = stages.flatMap(({ stores }) => stores.map(({ changelog }) => changelog));
  const shared = firstTwice(changelogs.map(({ name }) => name));
  if (shared !== undefined) throw invalid(`Two stores are kept in ${shared}.`);
  for (const { name, outputs } of [...stages, ...enrichers]) {
    const written = outputs.find((topic) => topic.foreign);
    if (written) throw invalid(`${name} writes ${written.name}, a topic of another system.`);
  }
  for (const stage of stages) {
    if (stage.gathers && !stage.inputs.every(({ foreign }) => foreign)) {
      throw invalid(
        `The stage ${stage.name} gathers a topic of Millrace, whose partitions belong together.`,
      );
    }
    const kinds = new Set(stage.inputs.map(({ partitioning }) => partitioning));
    if (kinds.size > 1) {
      throw invalid(`The inputs of stage ${stage.name} are not partitioned alike.`);
    }
    for (const { changelog } of stage.stores) {
      if (!changelog.compacted) throw invalid(`The changelog ${changelog.name} is not compacted.`);
      if (!kinds.has(changelog.partitioning)) {
        throw invalid(`The changelog ${changelog.name} is not partitioned like the inputs.`);
      }
    }
  }
  return topology;
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) < i);
}

function invalid(what: string): MillraceError {
  return new MillraceError({
    code: 'topology-invalid',
    what,
    todo: 'Mend the declarations of the steps and of their topics.',
  });
}
