// What runs together: stages and enrichers, checked when they are put together.
import { MillraceError } from '../../schemas/errors.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { EnricherDef } from './enricher.ts';
import type { Stage } from './stage.ts';

export interface Topology {
  /** Processors, exactly once. */
  readonly stages: readonly Stage[];
  /** Language-model steps, at least once and idempotent; the event path never waits for them. */
  readonly enrichers: readonly EnricherDef[];
}

/** The topics that the stages and enrichers of a topology read, write and keep their stores in. */
export function topicsOf({ stages, enrichers }: Topology): AnyTopic[] {
  const kept = stages.flatMap(({ stores }) => stores.map(({ changelog }) => changelog));
  const steps = [...stages, ...enrichers];
  return [...new Set([...steps.flatMap((step) => [...step.inputs, ...step.outputs]), ...kept])];
}

/**
 * Inputs of a stage must be co-partitioned, and every topic must be declared.
 * @param own topics that the topology brings with it, beside those of schemas/index.ts
 * @throws MillraceError `topology-invalid`
 */
export function checked(topology: Topology, own: readonly AnyTopic[] = []): Topology {
  const declared = new Set<AnyTopic>([...topics, ...own]);
  for (const stage of topology.stages) {
    const kinds = new Set(stage.inputs.map(({ partitioning }) => partitioning));
    if (kinds.size > 1) {
      throw invalid(`The inputs of stage ${stage.name} are not partitioned alike.`);
    }
    const changelogs = stage.stores.map(({ changelog }) => changelog);
    for (const topic of [...stage.inputs, ...stage.outputs, ...changelogs]) {
      if (!declared.has(topic))
        throw invalid(`Stage ${stage.name} uses ${topic.name}, undeclared.`);
    }
    for (const changelog of changelogs) {
      if (!changelog.compacted) throw invalid(`The changelog ${changelog.name} is not compacted.`);
    }
  }
  return topology;
}

function invalid(what: string): MillraceError {
  return new MillraceError({
    code: 'topology-invalid',
    what,
    todo: 'Mend the declaration in streams/ or add the topic to schemas/index.ts.',
  });
}
