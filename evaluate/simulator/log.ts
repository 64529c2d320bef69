// Logged feedback with what the language model says of it: how near each item is to what the user liked.

import type { Config } from '../../app/config/read.ts';
import { itemVectors } from '../../app/text-vectors.ts';
import { mind } from '../../datasets/mind.ts';
import { movielens } from '../../datasets/movielens.ts';
import { itemPrompt } from '../../models/llm/roles/representer.ts';
import type { VectorIndex } from '../../models/text/similarity.ts';
import { sessionGapMs } from '../../models/user/track.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import { likedItems } from '../../streams/serve/decide.ts';
import { ratings, rowExamples } from '../row-examples.ts';
import { stepExamples } from '../step-examples.ts';

/** Number of items that get a vector: those with the most answers before the held-out part. */
const most = 5500;

/** Share of the answers that is held out, the last ones. */
const HELD = 0.2;

export interface SimulatorLog {
  /** The examples in order of time; each call reads them anew. */
  examples(): AsyncIterable<Example>;
  readonly index: VectorIndex;
  /** Number of answers before the held-out part. */
  readonly heldFrom: number;
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
    dataset === 'mind'
      ? stepExamples(mind, folder, scratch)
      : rowExamples(movielens, folder, scratch, ratings);
  const prompts = await promptsOf(dataset, folder);
  let all = 0;
  for await (const { items } of read()) all += items.length;
  const heldFrom = Math.floor((1 - HELD) * all);
  const answers = new Map<string, number>();
  let n = 0;
  for await (const { items, state } of read()) {
    if (n >= heldFrom) break;
    n += items.length;
    // What is only remembered, of before the log, counts once.
    for (const { itemId } of state.recent) if (!answers.has(itemId)) answers.set(itemId, 1);
    for (const { itemId } of items) answers.set(itemId, (answers.get(itemId) ?? 0) + 1);
  }
  const asked = [...answers]
    .filter(([itemId]) => prompts.has(itemId))
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([itemId]) => [itemId, prompts.get(itemId)!] as const);
  const index = await itemVectors(asked, config, signal, progress);
  return {
    index,
    heldFrom,
    async *examples() {
      for await (const example of read()) yield withSimilarity(example, index);
    },
  };
}

/** Largest number of answers in a slate; each came less than the gap after the one before. */
const slateSize = 10;

/** Items that a user saw together and answered. */
export interface AnsweredSlate extends Example {
  /** Time of the last answer, ms. */
  readonly lastAt: number;
}

/**
 * Pages with more than one item as they are; answers that come one by one, as slates: of these, none
 * was given when the first was, so all are seen with what was known then.
 */
export function slatesOf(examples: readonly Example[], index: VectorIndex): AnsweredSlate[] {
  const open = new Map<string, AnsweredSlate>();
  const slates: AnsweredSlate[] = [];
  for (const example of examples) {
    const own = { ...example, lastAt: example.at };
    if (own.items.length > 1) {
      slates.push(own);
      continue;
    }
    const slate = open.get(own.userId);
    const fits = slate && slate.items.length < slateSize && own.at - slate.lastAt < sessionGapMs;
    if (slate && !fits) slates.push(slate);
    const next = fits ? { ...slate, lastAt: own.at, items: [...slate.items, ...own.items] } : own;
    open.set(own.userId, next);
  }
  return [...slates, ...open.values()]
    .filter(({ items }) => items.length > 1)
    .map((slate) => withSimilarity(slate, index));
}

async function promptsOf(dataset: string, folder: string): Promise<Map<string, string>> {
  const prompts = new Map<string, string>();
  if (dataset === 'mind') {
    for await (const { itemId, title } of mind.items(folder)) {
      prompts.set(itemId, itemPrompt(title, [], 'news'));
    }
  } else {
    for await (const { itemId, text } of movielens.items(folder)) {
      prompts.set(itemId, itemPrompt(text));
    }
  }
  return prompts;
}

function withSimilarity<E extends Example>(example: E, index: VectorIndex): E {
  const profile = index.profile(likedItems(example.state));
  return {
    ...example,
    items: example.items.map((item) => ({
      ...item,
      similarity: index.similarity(profile, item.itemId),
    })),
  };
}
