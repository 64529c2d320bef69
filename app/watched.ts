// What the metrics of a process read at a scrape, beside its stages.
import type { IngestLags } from '../infra/clickhouse/ingest/catch-up.ts';
import type { Pipeline } from '../infra/kafka/pipeline.ts';
import type { PartSeries, Watched } from '../infra/metrics/parts.ts';
import type { AnyTopic } from '../schemas/topic.ts';
import { type Impression, impressions } from '../schemas/topics/impressions.ts';
import { snapshotTable } from '../streams/engine/snapshot-table.ts';
import type { LlmScheduler } from '../streams/enrichers/llm-scheduler.ts';

export interface WatchedParts {
  /** The process's pipeline; it may be made after its metrics. */
  readonly pipeline: () => Pipeline;
  /** Language models of the process. @default none */
  readonly models?: readonly LlmScheduler[] | undefined;
  /** Reads how far ClickHouse is behind. @default nothing lands here */
  readonly clickhouse?: IngestLags | undefined;
}

export function watchedOf({ pipeline, models = [], clickhouse }: WatchedParts): Watched {
  return {
    clickhouse,
    models: () =>
      models.map(({ name, queue: { metrics } }) => ({
        model: name,
        queued: metrics.queued,
        jobs: { done: metrics.done, ...metrics.reasons },
        busyMs: metrics.busyMs,
      })),
    enrichers: () =>
      Promise.all(
        pipeline().enrichers.map(async (enricher) => {
          const { name, processed, running } = enricher;
          const lag = await enricher.lag().catch(() => undefined);
          return { name, processed, running, lag };
        }),
      ),
    unusableSnapshots: () => {
      const { tables } = pipeline();
      return tables.isFedBy(snapshotTable.topic) ? tables.of(snapshotTable).corrupt : 0;
    },
  };
}

/** Counts the decisions among what is committed. */
export const countDecisions =
  (series: PartSeries) =>
  (topic: AnyTopic, event: unknown): void => {
    if (topic !== impressions) return;
    const { servedBy, variant, tier, latencyMs } = event as Impression;
    if (servedBy === 'served') series.decided(variant, tier, latencyMs / 1000);
  };
