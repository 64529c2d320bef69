// Learning from a log: the first ratings of the shipped MovieLens sample flow through the topology.
// Each example is predicted before it is learned, and the policy comes out ahead of popularity.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { movielens } from '../datasets/movielens.ts';
import { auc } from '../models/metrics/auc.ts';
import { clicks } from '../schemas/topics/clicks.ts';
import { impressions } from '../schemas/topics/impressions.ts';
import { items } from '../schemas/topics/items.ts';
import { predictions } from '../schemas/topics/predictions.ts';
import { MemoryRuntime } from '../streams/engine/memory-runtime.ts';
import { serveDefaults } from '../streams/serve/stage.ts';
import { mainTopology } from '../streams/topology.ts';
import { shown } from './support/events.ts';

const sample = join(import.meta.dirname, '../data/movielens-small');

export async function run(say: (line: string) => void = console.log, ratings = 5_000) {
  const serve = { ...serveDefaults, attributionWindowMs: movielens.attributionWindowMs };
  const runtime = new MemoryRuntime(mainTopology({ serve }));
  for await (const item of movielens.items(sample)) runtime.send(items, item);
  const scratch = await mkdtemp(join(tmpdir(), 'millrace-example-'));
  try {
    await using log = await movielens.open(sample, { scratch, limit: ratings });
    for await (const step of log.steps()) {
      if (step.kind === 'impression') runtime.send(impressions, step.impression);
      if (step.kind === 'click') runtime.send(clicks, step.click);
      if (step.kind === 'end') runtime.send(impressions, shown('end', 'clock', step.at, []));
    }
    runtime.drain();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const predicted = runtime.events(predictions).filter(({ models }) => models.includes('millrace'));
  const labels = predicted.flatMap(({ items }) => items.map(({ positive }) => positive));
  const models = predicted[0]?.models ?? [];
  const table = Object.fromEntries(
    models.map((model, column) => {
      const p = predicted.flatMap(({ items }) => items.map((item) => item.p[column]!));
      return [model, auc(p, labels)];
    }),
  );
  say(`${labels.length} ratings, each predicted before it was learned; AUC of "4 stars or more":`);
  for (const [model, value] of Object.entries(table))
    say(`  ${model.padEnd(12)}${value.toFixed(3)}`);
  return { ratings: labels.length, auc: table };
}

if (import.meta.main) await run();
