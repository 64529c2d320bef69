// The steps of a log as the examples that the streams make of them.
import { join } from 'node:path';
import type { Dataset } from '../datasets/dataset.ts';
import { MemoryPipeline } from '../models/memory-pipeline.ts';
import type { Example } from '../schemas/topics/examples.ts';

/**
 * The examples, in the order in which their windows close. Throws as `Dataset.open`.
 * @param limit largest number of rows of the log.
 * @default all
 */
export async function* stepExamples(
  dataset: Dataset,
  folder: string,
  scratch: string,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Example> {
  const groups = new Map<string, readonly string[]>();
  for await (const item of dataset.items(folder)) groups.set(item.itemId, item.groups);
  const pipeline = new MemoryPipeline({
    groupsOf: (itemId) => groups.get(itemId) ?? [],
    windowMs: dataset.attributionWindowMs,
  });
  await using log = await dataset.open(folder, { scratch: join(scratch, 'steps'), limit });
  for await (const step of log.steps()) {
    yield* pipeline.advance(step.at);
    if (step.kind === 'impression') pipeline.show(step.impression);
    else if (step.kind === 'click') pipeline.answer(step.click);
  }
}
