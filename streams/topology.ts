// The main path, in flow order. Both runtimes run exactly this; `millrace describe` prints it.
import { learnersOf, policies } from '../models/policies.ts';
import { MillraceError } from '../schemas/errors.ts';
import { calibrateStage } from './calibrate/stage.ts';
import type { EnricherDef } from './engine/enricher.ts';
import type { Stage } from './engine/stage.ts';
import { checked, type Topology } from './engine/topology.ts';
import { type ExplainEnricherOptions, explainEnricher } from './enrichers/explain.ts';
import type { LlmPorts } from './enrichers/ports.ts';
import { reasonEnricher } from './enrichers/reason.ts';
import { representEnricher } from './enrichers/represent.ts';
import { simulateEnricher } from './enrichers/simulate.ts';
import { basisStage } from './learn/basis-stage.ts';
import { policyStage } from './learn/policy-stage.ts';
import { type LearnOptions, learnDefaults } from './learn/snapshot-rule.ts';
import { learnStage } from './learn/stage.ts';
import { type PromoteOptions, promoteStage } from './promote/stage.ts';
import { type ServeOptions, serveDefaults, serveStage } from './serve/stage.ts';
import type { VectorRole } from './tables/vectors.ts';

/** Ports for a topology that is only described: every ask throws. */
export const nobody: LlmPorts = {
  schedulers() {
    throw new MillraceError({
      code: 'llama-unavailable',
      what: 'This topology was made without a language model.',
      todo: 'Give mainTopology the schedulers of one.',
    });
  },
};

export interface TopologyOptions {
  /**
   * The schedulers that the enrichers ask.
   * @default no language model, and no enricher that asks one
   */
  readonly llm?: LlmPorts | undefined;
  readonly serve?: ServeOptions;
  readonly learn?: LearnOptions;
  /** Candidates for promotion. @default none */
  readonly promote?: readonly PromoteOptions[];
  readonly explain?: ExplainEnricherOptions;
  /** Stages that read topics of other systems. @default none */
  readonly sources?: readonly Stage[];
  /**
   * The enricher that answers slates served here. Its answers go where people's feedback goes, so
   * only a demo has one.
   * @default none
   */
  readonly simulate?: EnricherDef;
}

/** @throws MillraceError `topology-invalid` */
export function mainTopology(options: TopologyOptions = {}): Topology {
  const { llm, simulate, serve = serveDefaults, learn = learnDefaults } = options;
  const served = serve.variants.map(({ policy }) => policy);
  return checked({
    stages: [
      ...(options.sources ?? []),
      basisStage(),
      serveStage(serve),
      learnStage(learn),
      ...learnersOf(served).map((entry) => policyStage(entry, learn)),
      calibrateStage(),
      ...(options.promote ?? []).map(promoteStage),
    ],
    enrichers: [
      ...(llm ? [representEnricher(llm, usesOf(served, simulate)), reasonEnricher(llm)] : []),
      ...(simulate ? [simulate] : []),
      ...(llm ? [explainEnricher(llm, options.explain)] : []),
    ],
  });
}

/**
 * Roles whose vectors are used: the policy's if a served policy reads them, and the simulator's.
 */
function usesOf(served: readonly string[], simulate: EnricherDef | undefined): VectorRole[] {
  const reads = served.some((name) => policies.get(name)?.needsVectors);
  return [
    ...(reads ? (['policy'] as const) : []),
    ...(simulate === simulateEnricher ? (['simulator'] as const) : []),
  ];
}
