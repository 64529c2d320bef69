// Vectors of item texts by the language model, kept on disk; the model is loaded for what is not there.
import { join } from 'node:path';
import type { Config } from '../infra/config.ts';
import { ensureModel } from '../infra/embedded/model.ts';
import { openLlamaProcess } from '../infra/llama/process.ts';
import { VectorFile } from '../infra/llama/vector-file.ts';
import { ITEM_PROMPT } from '../models/llm/prompts.ts';
import { VectorIndex } from '../models/text/similarity.ts';

/** Vectors between two words on how far it is. */
const sayEvery = 200;

/**
 * The index of the items' vectors, in the order given.
 * @param prompts item and the text the model is given
 */
export async function itemVectors(
  prompts: Iterable<readonly [itemId: string, prompt: string]>,
  { partsDir, llm }: Pick<Config, 'partsDir' | 'llm'>,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<VectorIndex> {
  const file = llm.roles.simulator ?? llm.model ?? (await ensureModel(partsDir));
  await using model = await openLlamaProcess({ model: file, gpu: 'auto' });
  const vectors = await VectorFile.open(join(partsDir, 'vectors'), model);
  const index = new VectorIndex(model.width);
  let said = 0;
  for (const [itemId, prompt] of prompts) {
    signal.throwIfAborted();
    index.add(itemId, await vectors.vector(ITEM_PROMPT, prompt));
    if (vectors.asked - said < sayEvery) continue;
    said = vectors.asked;
    progress(`${said} texts asked of the language model, ${index.size} vectors in all`);
  }
  return index;
}
