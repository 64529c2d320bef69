// The main path, in flow order. Both runtimes run exactly this; `millrace describe` prints it.
import { calibrateStage } from './calibrate/stage.ts';
import type { EnricherDef } from './engine/enricher.ts';
import { checked, type Topology } from './engine/topology.ts';
import { type ExplainEnricherOptions, explainEnricher } from './enrichers/explain.ts';
import { reasonEnricher } from './enrichers/reason.ts';
import { representEnricher } from './enrichers/represent.ts';
import { simulateEnricher } from './enrichers/simulate.ts';
import { alignStage } from './learn/llm-stage.ts';
import { type LearnOptions, learnDefaults, learnStage } from './learn/stage.ts';
import { type PromoteOptions, promoteStage } from './promote/stage.ts';
import { type ServeOptions, serveDefaults, serveStage } from './serve/stage.ts';

export interface TopologyOptions {
  readonly serve?: ServeOptions;
  readonly learn?: LearnOptions;
  /** Candidates to be promoted. @default none */
  readonly promote?: readonly PromoteOptions[];
  readonly explain?: ExplainEnricherOptions;
  /** Who answers the slates served here. @default the language model */
  readonly simulate?: EnricherDef;
}

/** @throws MillraceError `topology-invalid` */
export function mainTopology(options: TopologyOptions = {}): Topology {
  return checked({
    stages: [
      serveStage(options.serve ?? serveDefaults),
      learnStage(options.learn ?? learnDefaults),
      alignStage(),
      calibrateStage(),
      ...(options.promote ?? []).map(promoteStage),
    ],
    enrichers: [
      representEnricher,
      reasonEnricher,
      options.simulate ?? simulateEnricher,
      explainEnricher(options.explain),
    ],
  });
}
