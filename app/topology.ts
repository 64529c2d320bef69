// The topology of a configuration: the main path with its variants, and its candidates on their way.
import type { EnricherDef } from '../streams/engine/enricher.ts';
import type { Topology } from '../streams/engine/topology.ts';
import type { ExplainEnricherOptions } from '../streams/enrichers/explain.ts';
import type { LlmPorts } from '../streams/enrichers/ports.ts';
import { beforePromotion } from '../streams/promote/before.ts';
import type { PromoteOptions } from '../streams/promote/stage.ts';
import { mainTopology } from '../streams/topology.ts';
import type { Config } from './config/read.ts';
import { sourceStages } from './your-data/live.ts';

export interface TopologyExtras {
  /** The schedulers that the enrichers ask. @default no enricher asks a language model */
  readonly llm?: LlmPorts | undefined;
  /** Salt of the assignment and of every draw. @default `millrace-` and the seed */
  readonly salt?: string;
  /** The enricher that answers slates served here. @default none: people answer */
  readonly simulate?: EnricherDef;
}

export function topologyOf(
  config: Config,
  { llm: ports, salt = saltOf(config), simulate }: TopologyExtras = {},
): Topology {
  const promote = promotionsOf(config, salt);
  const { attribution, retrievers, learning, llm } = config;
  return mainTopology({
    llm: ports,
    serve: {
      attributionWindowMs: attribution.windowMs,
      servedWindowMs: attribution.servedWindowMs,
      salt,
      variants: beforePromotion(config.variants, promote),
      experiments: promote.map(({ experimentId }) => experimentId),
      retrievers,
    },
    learn: learning,
    promote,
    explain: explainOptions(llm),
    sources: sourceStages(config),
    ...(simulate && { simulate }),
  });
}

/** The salt of the assignment and of every draw, unless another is named. */
export const saltOf = ({ seed }: Pick<Config, 'seed'>) => `millrace-${seed}`;

/** The candidates for promotion; each pair has the share of its two variants together. */
function promotionsOf({ variants, candidates, outcomes }: Config, salt: string): PromoteOptions[] {
  const shareOf = (name: string) => variants.find((one) => one.name === name)!.share;
  return candidates.map(({ variant, incumbent, rules, limits }) => ({
    experimentId: `${variant}-over-${incumbent}`,
    candidate: variant,
    incumbent,
    share: shareOf(variant) + shareOf(incumbent),
    salt,
    outcomes,
    rules,
    limits,
  }));
}

/**
 * Options of the explainer. A model that was named for a role is taken to be large enough for it:
 * the explainer's writes sentences of its own, and the judge's is shown drafts if it is another
 * model.
 */
export function explainOptions({ roles }: Config['llm']): ExplainEnricherOptions {
  return { prose: roles.explainer !== undefined, ...(roles.judge !== undefined && { judge: {} }) };
}
