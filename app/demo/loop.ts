// The whole loop in one process: the parts, the pipeline, a log replayed through it, and the page.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AheadRule, Dataset } from '../../datasets/dataset.ts';
import { caughtUp, ingestLags } from '../../infra/clickhouse/ingest/catch-up.ts';
import { Pipeline } from '../../infra/kafka/pipeline.ts';
import { PrometheusMetrics } from '../../infra/metrics/prometheus.ts';
import { Replayer } from '../../infra/replay/replayer.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { EnricherDef } from '../../streams/engine/enricher.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import { type LlmPorts, rolesAsked } from '../../streams/enrichers/ports.ts';
import { vectorsTable } from '../../streams/tables/vectors.ts';
import { nobody } from '../../streams/topology.ts';
import type { Layer } from '../config/layers.ts';
import type { Config } from '../config/read.ts';
import { Counters } from '../counters.ts';
import type { Logs } from '../log.ts';
import { followAdapters } from '../member.ts';
import { servePage } from '../page.ts';
import { fetchParts, type OpenParts, openParts } from '../parts.ts';
import { pipelineSettings } from '../pipeline-settings.ts';
import { preflight } from '../preflight.ts';
import { putFileRules } from '../rules/of-file.ts';
import { checkGroups, takeForApplication } from '../served.ts';
import { aborted, boundedStop } from '../signals.ts';
import { serveQueries } from '../sql-server.ts';
import { openStores } from '../stores.ts';
import { topologyOf } from '../topology.ts';
import { tracingOf } from '../tracing.ts';
import { countDecisions, watchedOf } from '../watched.ts';
import { type LiveOptions, LiveRequests } from './live.ts';
import { type Summary, summarise } from './summary.ts';
import { summaryTable } from './table.ts';

export interface LoopOptions {
  readonly dataset: Dataset;
  /** Folder with the official files of the data set. */
  readonly folder: string;
  /** Which sessions become requests, beside being replayed. @default none */
  readonly live?: LiveOptions | undefined;
  /** Settings of the application, in place of those of the configuration. @default none */
  readonly application?: Layer | undefined;
  /** The enricher that answers slates served here. @default none */
  readonly simulate?: EnricherDef | undefined;
  /** Whether the dashboard is served. */
  readonly page: boolean;
  /** Whether the run ends after the replay, with the summary. @default false */
  readonly exit: boolean;
  /** Whether the summary is one JSON object on stdout. @default false: a table */
  readonly json: boolean;
  readonly limit?: number | undefined;
  readonly speed?: number | undefined;
  /** What becomes of rows of a time to come. @default `auto`, as `AheadRule` has it */
  readonly future?: AheadRule['rows'] | undefined;
  readonly signal: AbortSignal;
}

export async function loop(config: Config, logs: Logs, options: LoopOptions): Promise<void> {
  const asked = rolesAsked(topologyOfLoop(config, options, nobody).enrichers);
  await Promise.all([readableLog(options), preflight(config, asked)]);
  const { model } = await fetchParts(config, logs);
  const started = performance.now();
  logs.say('Starting Kafka, the schema registry, ClickHouse and the language model');
  await using parts = await openParts(config, logs, model, asked);
  if (options.application) {
    takeForApplication(config, options.application);
    if (config.kafka) await checkGroups(parts.kafka, parts.application, true);
  }
  await putFileRules(config, { ...parts, log: logs.log }, Date.now(), logs.say);
  const topology = topologyOfLoop(config, options, parts);
  await using tracing = await tracingOf(config);
  const metrics = new PrometheusMetrics({
    stages: topology.stages.map(({ name }) => name),
    lags: () => pipeline.lags(),
    spans: tracing?.counts,
    watched: watchedOf({
      pipeline: () => pipeline,
      models: parts.opened,
      clickhouse: ingestLags(parts),
    }),
  });
  using stores = await openStores(config, parts, logs);
  await using pipeline: Pipeline = new Pipeline({
    ...parts,
    ...pipelineSettings(config, { ofLog: true }),
    openBacking: stores.openBacking,
    topology,
    log: logs.log,
    instruments: metrics,
    tracing,
    onOutput: countDecisions(metrics.parts),
    onEnriched: (enricher, _topic, event) => {
      if (enricher === 'simulate') live.answered(event as Impression);
    },
  });
  followAdapters(parts, pipeline);
  const none = { from: 1, sessionsEach: 0 };
  const live: LiveRequests = new LiveRequests(options.live ?? none, () =>
    readyToServe(pipeline, options.signal),
  );
  using counters = new Counters({ pipeline, scheduler: parts.schedulers('representer'), started });
  await using _sql = await serveQueries(parts.warehouse, config, logs, metrics.parts.answered);
  await using _page = options.page
    ? await servePage(config, logs, {
        streams: parts,
        warehouse: parts.warehouse,
        topology,
        counters,
        operations: { registry: metrics.registry, readiness: () => metrics.tasks.readiness() },
      })
    : undefined;
  await pipeline.start();
  metrics.tasks.begun();
  using _bound = boundedStop(logs.say);
  const summary = await Promise.race([
    run(config, logs, options, parts, pipeline, live, counters),
    pipeline.failed,
  ]);
  if (summary) print(summary, options, logs);
  process.exitCode ??= 0;
  if (options.exit || options.signal.aborted) return;
  logs.say('The replay is done. Everything stays up; Ctrl-C ends it.');
  await Promise.race([aborted(options.signal), pipeline.failed]);
}

function topologyOfLoop(
  config: Config,
  { application, simulate }: LoopOptions,
  { schedulers }: LlmPorts,
): Topology {
  return topologyOf(config, {
    llm: { schedulers },
    ...(application && { salt: `${application.name}-${config.seed}` }),
    ...(simulate && { simulate }),
  });
}

/** Number of items whose vectors the live part waits for, and the longest time it waits, ms. */
/** Stages that follow what the model makes for as long as it has time: the log does not wait for them. */
const besides = ['basis'];

const firstVectors = { count: 80, patienceMs: 30_000 };

/**
 * Waits until the policy has seen all that came before and the language model has made some
 * vectors.
 */
async function readyToServe(pipeline: Pipeline, signal: AbortSignal): Promise<void> {
  await pipeline.settled(signal, besides);
  const until = performance.now() + firstVectors.patienceMs;
  const made = () => pipeline.tables.of(vectorsTable).of('representer').size;
  while (made() < firstVectors.count && performance.now() < until) {
    if (signal.aborted) return;
    await sleep(100);
  }
}

/** Fails for a log that cannot be read, before anything is started. */
async function readableLog({ dataset, folder }: LoopOptions): Promise<void> {
  await dataset.check?.(folder);
  for await (const _first of dataset.items(folder)) return;
}

async function run(
  config: Config,
  logs: Logs,
  options: LoopOptions,
  parts: OpenParts,
  pipeline: Pipeline,
  live: LiveRequests,
  counters: Counters,
): Promise<Summary | undefined> {
  // After a restart, what was under way is finished before time goes on.
  await pipeline.settled(options.signal, besides);
  counters.phase = 'replay';
  let said = 0;
  const replayer = new Replayer({
    ...parts,
    log: logs.log,
    partitions: config.topics.partitions,
    dataset: options.dataset,
    folder: options.folder,
    scratch: join(config.dataDir, 'scratch'),
    windowMs: Math.max(config.attribution.windowMs, config.attribution.servedWindowMs),
    limit: options.limit,
    speed: options.speed,
    maxAheadMs: config.errors.maxAheadMs,
    future: options.future,
    signal: options.signal,
    onSession: options.live && ((session) => live.onSession(session)),
    onProgress: (progress, rows) => {
      if (counters.firstEventMs === undefined)
        logs.say(`First event after ${counters.seconds.toFixed(1)} s`);
      counters.replayed(progress, rows);
      counters.phase = live.serving ? 'serving' : 'replay';
      if (performance.now() - said < 2_000 && !progress.done) return;
      said = performance.now();
      const percent = ((100 * progress.events) / rows).toFixed(0);
      logs.say(
        `${counters.seconds.toFixed(0).padStart(4)} s  ${counters.phase}  ${progress.events} of ${rows} events (${percent} %), ${live.counts.requests} requests`,
      );
    },
  });
  const progress = await replayer.run();
  counters.finished(progress);
  if (options.signal.aborted) return undefined;
  await pipeline.settled(options.signal, besides);
  if (options.signal.aborted) return undefined;
  await landed(parts, logs);
  counters.phase = 'done';
  return summarise(parts.warehouse, counters.snapshot(), config.outcomes);
}

async function landed({ kafka, nameOf, warehouse }: OpenParts, { say }: Logs): Promise<void> {
  const all = await caughtUp({ warehouse, kafka, nameOf });
  if (!all) say('ClickHouse has not read every topic to its end yet; the figures may still move.');
}

function print(summary: Summary, { json }: LoopOptions, { say }: Logs): void {
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stdout.write(`\n${summaryTable(summary)}\n`);
  if (summary.events.lost !== 0 || summary.events.duplicated !== 0) {
    say(`Accounting does not close: ${JSON.stringify(summary.events)}`);
    process.exitCode = 1;
  }
}
