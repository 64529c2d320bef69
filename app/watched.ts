// What the metrics of a process read at a scrape, beside its stages.
import type { IngestLags } from '../infra/clickhouse/ingest/catch-up.ts';
import type { Pipeline } from '../infra/kafka/pipeline.ts';
import type { PartSeries, Watched } from '../infra/metrics/parts.ts';
import type { AnyTopic } from '../schemas/topic.ts';
import { type Impression, impressions, ruleOutcomes } from '../schemas/topics/impressions.ts';
import { ruleKinds } from '../schemas/topics/rules.ts';
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
    ruleEffects: ruleKinds.flatMap((kind) =>
      ruleOutcomes.map((outcome) => [kind, outcome] as const),
    ),
    models: () =>
      models.map(({ name, tokens, queue: { metrics } }) => ({
        model: name,
        queued: metrics.queued,
        jobs: { done: metrics.done, ...metrics.reasons },
        busyMs: metrics.busyMs,
        tokens: { ...tokens },
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

/** Counts the decisions among what is committed, and what rules did to them. */
export const countDecisions =
  (series: PartSeries) =>
  (topic: AnyTopic, event: unknown): void => {
    if (topic !== impressions) return;
    const { servedBy, variant, tier, latencyMs, rules } = event as Impression;
    if (servedBy !== 'served') return;
    series.decided(variant, tier, latencyMs / 1000);
    for (const { kind, outcome } of rules) series.ruled(kind, outcome);
  };
