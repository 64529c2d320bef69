// Logged feedback with what the language model says of it: how near each item is to what the user liked.
import { readMindNews } from '../../../datasets/mind.ts';
import { movielens } from '../../../datasets/movielens.ts';
import type { Config } from '../../../infra/config.ts';
import { itemPrompt } from '../../../models/llm/prompts.ts';
import type { VectorIndex } from '../../../models/text/similarity.ts';
import type { Example } from '../../../schemas/topics/examples.ts';
import { likedItems } from '../../../streams/serve/decide.ts';
import { itemVectors } from '../../text-vectors.ts';
import { mindPages } from '../ctr/mind.ts';
import { ratings, rowExamples } from '../row-examples.ts';

/** Items that get a vector, in order of first occurrence. */
const most = 10_000;

/** Share of the answers that is held out, the last. */
const HELD = 0.2;

export interface SimulatorLog {
  /** In order of time; each call reads them anew. */
  examples(): AsyncIterable<Example>;
  readonly index: VectorIndex;
}

export async function simulatorLog(
  dataset: string,
  folder: string,
  scratch: string,
  config: Pick<Config, 'partsDir' | 'llm'>,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<SimulatorLog> {
  const read = () =>
    dataset === 'mind' ? mindPages(folder) : rowExamples(movielens, folder, scratch, ratings);
  const prompts = await promptsOf(dataset, folder);
  const occurring = new Set<string>();
  for await (const { items, state } of read()) {
    for (const { itemId } of [...state.recent, ...items]) {
      if (occurring.size < most && prompts.has(itemId)) occurring.add(itemId);
    }
  }
  const asked = [...occurring].map((itemId) => [itemId, prompts.get(itemId)!] as const);
  const index = await itemVectors(asked, config, signal, progress);
  return {
    index,
    async *examples() {
      for await (const example of read()) yield withSimilarity(example, index);
    },
  };
}

/** Answers before the held-out part. */
export async function heldFrom(examples: AsyncIterable<Example>): Promise<number> {
  let n = 0;
  for await (const { items } of examples) n += items.length;
  return Math.floor((1 - HELD) * n);
}

async function promptsOf(dataset: string, folder: string): Promise<Map<string, string>> {
  const prompts = new Map<string, string>();
  if (dataset === 'mind') {
    for await (const { itemId, title } of readMindNews(folder)) {
      prompts.set(itemId, itemPrompt(title, [], 'news'));
    }
  } else {
    for await (const { itemId, text } of movielens.items(folder)) {
      prompts.set(itemId, itemPrompt(text));
    }
  }
  return prompts;
}

function withSimilarity(example: Example, index: VectorIndex): Example {
  const profile = index.profile(likedItems(example.state));
  return {
    ...example,
    items: example.items.map((item) => ({
      ...item,
      similarity: index.similarity(profile, item.itemId),
    })),
  };
}
