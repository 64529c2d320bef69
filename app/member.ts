// One member of the consumer groups: stages with their stores and metrics, and the enrichers if there is
// a language model. A process has one, or one in each of its threads.

import '../streams/engine/disposable-stack.ts';
import type { IngestLags } from '../infra/clickhouse/ingest/catch-up.ts';
import { Pipeline } from '../infra/kafka/pipeline.ts';
import { PrometheusMetrics } from '../infra/metrics/prometheus.ts';
import { snapshotTable } from '../streams/engine/snapshot-table.ts';
import { type Topology, topicsOf } from '../streams/engine/topology.ts';
import type { Config } from './config/read.ts';
import type { Llm } from './llm.ts';
import type { Logs } from './log.ts';
import { pipelineSettings } from './pipeline-settings.ts';
import { openStores } from './stores.ts';
import { type Addresses, connectStreams } from './streams.ts';
import { tracingOf } from './tracing.ts';
import { countDecisions, watchedOf } from './watched.ts';

export interface MemberOptions {
  readonly topology: Topology;
  /** The models that the enrichers ask, for their adapters. */
  readonly llm?: Llm | undefined;
  /** Reads how far ClickHouse is behind. @default nothing lands here */
  readonly clickhouse?: IngestLags | undefined;
  /** Name under which the member comes back to its groups without a rebalance. */
  readonly instanceId?: string | undefined;
  /** Number of the thread it runs in; undefined outside a thread. */
  readonly thread?: number | undefined;
}

export interface Member extends AsyncDisposable {
  readonly pipeline: Pipeline;
  readonly metrics: PrometheusMetrics;
}

/**
 * Opens a member without starting its pipeline. Disposing it lets every task commit, then leaves
 * the groups.
 */
export async function openMember(
  config: Config,
  addresses: Addresses,
  logs: Logs,
  { topology, llm, clickhouse, instanceId, thread }: MemberOptions,
): Promise<Member> {
  await using stack = new AsyncDisposableStack();
  const streams = await connectStreams(config, addresses, logs, { topics: topicsOf(topology) });
  const tracing = await tracingOf(config);
  if (tracing) stack.use(tracing);
  const metrics = new PrometheusMetrics({
    stages: topology.stages.map(({ name }) => name),
    lags: () => pipeline.lags(),
    ofProcess: thread === undefined,
    spans: tracing?.counts,
    watched: watchedOf({ pipeline: () => pipeline, models: llm?.opened, clickhouse }),
  });
  const stores = stack.use(await openStores(config, streams, logs, thread));
  const pipeline: Pipeline = stack.use(
    new Pipeline({
      ...streams,
      ...pipelineSettings(config),
      openBacking: stores.openBacking,
      topology,
      log: logs.log,
      instruments: metrics,
      tracing,
      onOutput: countDecisions(metrics.parts),
      instanceId,
    }),
  );
  if (llm) followAdapters(llm, pipeline);
  const resources = stack.move();
  return { pipeline, metrics, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Lets the models answer with the latest adapters among the snapshots from now on. */
export function followAdapters({ opened }: Llm, { tables }: Pipeline): void {
  for (const scheduler of opened) scheduler.follow(tables.of(snapshotTable));
}
