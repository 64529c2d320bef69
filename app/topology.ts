// The topology that the commands run: the main path, with the candidates of the demo on their way.

import type { Topology } from '../streams/engine/topology.ts';
import type { ExplainEnricherOptions } from '../streams/enrichers/explain.ts';
import { beforePromotion, demoPromotions } from '../streams/promote/demo.ts';
import { type ServeOptions, serveDefaults } from '../streams/serve/stage.ts';
import { mainTopology, type TopologyOptions } from '../streams/topology.ts';
import type { Config } from './config/read.ts';

export function promoting(
  serve: Partial<ServeOptions> & Pick<ServeOptions, 'salt'>,
  options: Omit<TopologyOptions, 'serve' | 'promote'> = {},
): Topology {
  const { variants } = serveDefaults;
  const promote = demoPromotions(variants, serve.salt);
  return mainTopology({
    ...options,
    serve: { ...serveDefaults, variants: beforePromotion(variants, promote), ...serve },
    promote,
  });
}

/**
 * A model that was named for a role is taken to be large enough for it: the explainer's writes, and the
 * judge's is asked about drafts, where it is another.
 */
export function explainOptions({ roles }: Config['llm']): ExplainEnricherOptions {
  return { prose: roles.explainer !== undefined, ...(roles.judge !== undefined && { judge: {} }) };
}
