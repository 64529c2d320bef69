// Reasons on demand, by the language model in this process.

import '../../streams/engine/disposable-stack.ts';
import { Explainer } from '../../models/llm/explain/explain.ts';
import { factsKey, factsOf, type Similarity } from '../../models/llm/explain/facts.ts';
import { explanationOf } from '../../models/llm/explain/records.ts';
import { contentHash } from '../../models/llm/hash.ts';
import { EXPLAIN_PROMPT } from '../../models/llm/roles/explainer.ts';
import { itemPrompt } from '../../models/llm/roles/representer.ts';
import type { Explanation } from '../../schemas/topics/explanations.ts';
import type { Item } from '../../schemas/topics/items.ts';
import type { LlmSchedulers } from '../../streams/enrichers/llm-scheduler.ts';
import type { Config } from '../config/read.ts';
import { openLlm } from '../llm.ts';
import type { Logs } from '../log.ts';
import { fetchParts } from '../parts.ts';
import { vectorIndex } from '../text-vectors.ts';
import type { ShownSlate } from './read.ts';

export interface ReasonsWanted {
  readonly slate: ShownSlate;
  readonly items: readonly Item[];
  /** Items that the user had liked, oldest first. */
  readonly liked: readonly Item[];
  readonly vocabulary: readonly string[];
  readonly prose: boolean;
}

/** Makes the reasons. @throws MillraceError of the parts or the model */
export async function makeReasons(
  { slate, items, liked, vocabulary, prose }: ReasonsWanted,
  config: Config,
  logs: Logs,
): Promise<Explanation[]> {
  const { model } = await fetchParts(config, logs);
  await using stack = new AsyncDisposableStack();
  const { schedulers } = await openLlm(config, model, ['explainer', 'representer'], stack, logs);
  const similarity = await similarityOf([...items, ...liked], config, schedulers);
  const scheduler = schedulers('explainer');
  let explainer: Explainer | undefined;
  const made: Explanation[] = [];
  for (const item of items) {
    const facts = factsOf(item, liked, similarity);
    const hash = contentHash(
      scheduler.name,
      `${EXPLAIN_PROMPT} on demand ${prose}`,
      factsKey(facts),
    );
    const begun = performance.now();
    const result = await scheduler.ask(
      hash,
      (llm) => {
        explainer ??= new Explainer(llm, { prose, seed: config.seed });
        return explainer.explain(facts, vocabulary);
      },
      { priority: 0 },
    );
    if (result.shed) throw result.error;
    const { impressionId, userId, at } = slate;
    made.push(
      explanationOf(result.value, {
        ...{
          hash,
          impressionId,
          itemId: item.itemId,
          userId,
          at,
          model: scheduler.name,
          adapter: scheduler.adapter,
        },
        latencyMs: performance.now() - begun,
      }),
    );
  }
  return made;
}

/** Gives similarities, by vectors that were made before and by new ones. */
async function similarityOf(
  items: readonly Item[],
  { partsDir }: Config,
  schedulers: LlmSchedulers,
): Promise<Similarity> {
  const prompts = items.map(
    ({ itemId, text, title }) => [itemId, itemPrompt(text || title)] as const,
  );
  const result = await schedulers('representer').ask(
    'vectors',
    (model) => vectorIndex(model, partsDir, prompts),
    { priority: 0 },
  );
  if (result.shed) throw result.error;
  const index = result.value;
  return (one, other) => index.similarity(index.profile([one]), other);
}
