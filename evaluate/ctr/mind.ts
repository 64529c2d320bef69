// MIND, one page of news at a time, with the user's state as the stream keeps it.
import { readMind, readMindNews } from '../../datasets/mind.ts';
import { MemoryPipeline } from '../../models/memory-pipeline.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Example } from '../../schemas/topics/examples.ts';

/** The history a user comes with is clicks before the log begins; the set does not say when. */
export async function* mindPages(folder: string): AsyncGenerator<Example> {
  const groups = new Map<string, readonly string[]>();
  for await (const item of readMindNews(folder)) groups.set(item.itemId, item.groups);
  const { impressions } = await readMind(folder);
  const pipeline = new MemoryPipeline({ groupsOf: (itemId) => groups.get(itemId) ?? [] });
  const seen = new Set<string>();
  for (const { id, at, userId, history, items } of impressions) {
    if (!seen.has(userId)) {
      for (const itemId of history) pipeline.answer(loggedClick({ userId, itemId, at: 0 }));
      seen.add(userId);
    }
    const impressionId = String(id);
    // The set shuffles the items of a page, so their places say nothing.
    const shown = items.map(({ itemId }) => ({ itemId, position: 0 }));
    const clicks = items
      .filter(({ clicked }) => clicked)
      .map(({ itemId }) => loggedClick({ clickId: itemId, impressionId, userId, itemId, at }));
    yield pipeline.take(loggedImpression({ impressionId, userId, at }, shown), clicks);
  }
}
