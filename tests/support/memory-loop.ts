// The loop of the demo without a broker: a log, requests for its last fifth, answers, learning.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { demoVariants } from '../../app/demo/recommender.ts';
import type { Dataset } from '../../datasets/dataset.ts';
import { datasets } from '../../datasets/index.ts';
import type { LanguageModel } from '../../models/llm/port.ts';
import { hash32, Random } from '../../models/random.ts';
import { topics } from '../../schemas/index.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { representEnricher } from '../../streams/enrichers/represent.ts';
import { simulateEnricher } from '../../streams/enrichers/simulate.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { give } from './enrichers.ts';
import { impressionOf } from './events.ts';
import { fakeModel } from './fake-model.ts';
import { portsOf } from './schedulers.ts';

const sample = new URL('../../data/movielens-small', import.meta.url).pathname;

export interface MemoryLoopOptions {
  readonly rows: number;
  readonly salt: string;
  readonly partitions?: number;
  /** The log that is replayed. @default the MovieLens sample */
  readonly log?: { readonly dataset: Dataset; readonly folder: string };
  /** Share of the rows after which sessions are served. @default 0.8 */
  readonly servedFrom?: number;
  /** Asked for vectors where `represent` is set. @default one whose vectors are a function of the text */
  readonly model?: LanguageModel;
  /** Items that are shown are represented by the model meanwhile. @default false */
  readonly represent?: boolean;
  /** Called with what answers a request. @default called at once */
  readonly answer?: (drain: () => void) => void;
}

/** Runs the first rows of a log through the topology, serving the sessions of the last part. */
export async function memoryLoop(options: MemoryLoopOptions): Promise<MemoryRuntime> {
  const { dataset, folder } = options.log ?? { dataset: datasets.movielens, folder: sample };
  const servedFrom = options.servedFrom ?? 0.8;
  const serve = {
    ...serveDefaults,
    variants: demoVariants,
    attributionWindowMs: dataset.attributionWindowMs,
    servedWindowMs: dataset.attributionWindowMs,
    salt: options.salt,
  };
  const represent = options.represent
    ? representEnricher(portsOf(options.model ?? hashing))
    : undefined;
  const topology = { ...mainTopology({ serve }), enrichers: [simulateEnricher] };
  const runtime = new MemoryRuntime(topology, { ...options, topics });
  const beside = represent?.create({
    tables: runtime.tables,
    emit: async (topic, events) => {
      for (const event of events) runtime.send(topic, event);
    },
  });
  for await (const item of dataset.items(folder)) runtime.send(items, item);
  const scratch = mkdtempSync(join(tmpdir(), 'millrace-memory-'));
  try {
    await using log = await dataset.open(folder, { scratch, limit: options.rows });
    let steps = 0;
    for await (const step of log.steps()) {
      // A model in another process answers by messages, which come between turns.
      if (beside && ++steps % 20 === 0) await nextTurn();
      if (step.kind === 'impression') {
        runtime.send(impressions, step.impression);
        // Not by `settle`, which would wait for it: what it makes is used once it is there.
        if (beside) void give(beside, impressions, step.impression);
      }
      if (step.kind === 'click') runtime.send(clicks, step.click);
      else if (step.kind === 'end')
        // Later than any answer of the simulator, so that the last window closes as well.
        runtime.send(impressions, impressionOf('end', 'end', step.at + 3_600_000, []));
      else if (step.kind === 'session' && step.row >= servedFrom * log.rows) {
        const { sessionId, userId, at } = step;
        const request = { requestId: sessionId, userId, at, k: 10, surface: 'test' };
        runtime.send(requests, requestOf(request));
        if (options.answer) options.answer(() => runtime.drain());
        else runtime.drain();
        await runtime.settle();
      }
    }
    await runtime.settle();
    return runtime;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A model whose vectors are a function of the text. */
const hashing = fakeModel({
  name: 'hash',
  width: 8,
  async embed(prompt) {
    const random = new Random(hash32(prompt));
    return Float32Array.from({ length: 8 }, () => random.next() - 0.5);
  },
});
