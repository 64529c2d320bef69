// Vectors of item texts by the language model, kept on disk; the model is loaded for what is not there.
import { join } from 'node:path';
import { roleModel } from '../infra/embedded/role-model.ts';
import { openLlamaProcess } from '../infra/llama/process.ts';
import { VectorFile } from '../infra/llama/vector-file.ts';
import type { LanguageModel } from '../models/llm/port.ts';
import { ITEM_PROMPT } from '../models/llm/roles/representer.ts';
import { VectorIndex } from '../models/text/similarity.ts';
import type { Config } from './config/read.ts';

/** Items, each with the text of it that the model is given. */
type ItemPrompts = Iterable<readonly [itemId: string, prompt: string]>;

/** Number of vectors made between two words on how far it is. */
const sayEvery = 200;

/** The index of the items' vectors, in the given order. */
export async function itemVectors(
  prompts: ItemPrompts,
  config: Pick<Config, 'partsDir' | 'llm'>,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<VectorIndex> {
  const file = await roleModel('simulator', config, progress);
  await using model = await openLlamaProcess({ model: file, gpu: 'auto' });
  let said = 0;
  return await vectorIndex(model, config.partsDir, prompts, (asked, size) => {
    signal.throwIfAborted();
    if (asked - said < sayEvery) return;
    said = asked;
    progress(`${said} texts asked of the language model, ${size} vectors in all`);
  });
}

/**
 * The index of vectors by a model that is at hand, in the given order.
 * @param onVector called after each vector with the number of texts the model was asked about and
 * of vectors in all; it may throw to end the work
 */
export async function vectorIndex(
  model: Pick<LanguageModel, 'name' | 'width' | 'embed'>,
  partsDir: string,
  prompts: ItemPrompts,
  onVector?: (asked: number, size: number) => void,
): Promise<VectorIndex> {
  const vectors = await VectorFile.open(join(partsDir, 'vectors'), model);
  const index = new VectorIndex(model.width);
  for (const [itemId, prompt] of prompts) {
    index.add(itemId, await vectors.vector(ITEM_PROMPT, prompt));
    onVector?.(vectors.asked, index.size);
  }
  return index;
}
