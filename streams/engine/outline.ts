// A topology in names alone: what the page draws, and whatever else has no use for its code.
import type { Topology } from './topology.ts';

/** One stage or enricher, with the topics it touches by name. */
export interface StepOutline {
  readonly name: string;
  readonly kind: 'stage' | 'enricher';
  readonly doc: string;
  readonly reads: readonly string[];
  /** Topics of the global tables it looks things up in. */
  readonly looksUp: readonly string[];
  /** Its outputs and the changelogs of its stores. */
  readonly writes: readonly string[];
}

/** Stages and enrichers in flow order. */
export type TopologyOutline = readonly StepOutline[];

export function outlineOf({ stages, enrichers }: Topology): TopologyOutline {
  const names = (topics: readonly { readonly name: string }[]) => topics.map(({ name }) => name);
  return [
    ...stages.map((stage) => ({
      name: stage.name,
      kind: 'stage' as const,
      doc: stage.doc,
      reads: names(stage.inputs),
      looksUp: names(stage.tables.map(({ topic }) => topic)),
      writes: names([...stage.outputs, ...stage.stores.map(({ changelog }) => changelog)]),
    })),
    ...enrichers.map((enricher) => ({
      name: enricher.name,
      kind: 'enricher' as const,
      doc: enricher.doc,
      reads: names(enricher.inputs),
      looksUp: names(enricher.tables.map(({ topic }) => topic)),
      writes: names(enricher.outputs),
    })),
  ];
}
