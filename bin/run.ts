// Some processors of the topology as one member of their groups, until told to stop: what any number of
// processes do on one Kafka.

import type { Config } from '../infra/config.ts';
import { ensureParts } from '../infra/embedded/parts.ts';
import { serveOperations } from '../infra/http/operations.ts';
import { Pipeline } from '../infra/kafka/pipeline.ts';
import { PrometheusMetrics } from '../infra/metrics/prometheus.ts';
import { MillraceError } from '../schemas/errors.ts';
import { serveDefaults } from '../streams/serve/stage.ts';
import { mainTopology, type Topology } from '../streams/topology.ts';
import type { Logs } from './log.ts';
import { openLlm } from './parts.ts';
import { pipelineSettings } from './pipeline-settings.ts';
import { aborted, boundedStop } from './signals.ts';
import { openStores } from './stores.ts';
import { type Addresses, connectStreams, findStreams } from './streams.ts';

export interface RunOptions {
  /** Stages and enrichers by name. @default every stage */
  readonly processors: readonly string[];
  /** The enrichers, too, where none is named. */
  readonly llm: boolean;
  /** Where metrics and health are served; a taken port is stepped over. */
  readonly opsPort: number;
  /** Name under which this process comes back to its groups without a rebalance. */
  readonly instanceId?: string | undefined;
  readonly signal: AbortSignal;
}

export async function run(config: Config, logs: Logs, options: RunOptions): Promise<void> {
  const salt = `millrace-${config.seed}`;
  const topology = selected(mainTopology({ serve: { ...serveDefaults, salt } }), options);
  const stages = topology.stages.map(({ name }) => name);
  await using stack = new AsyncDisposableStack();
  const addresses = await findStreams(config, logs, stack);
  const streams = await connectStreams(config, addresses, logs);
  logs.say(`Others join with: ${joining(addresses)} millrace run`);
  const llm = topology.enrichers.length > 0 ? await openModel(config, logs, stack) : undefined;
  const metrics = new PrometheusMetrics({ stages, lags: () => pipeline.lags() });
  const { registry, tasks } = metrics;
  await using operations = await serveOperations(
    { registry, readiness: () => tasks.readiness() },
    { host: config.host, port: options.opsPort },
  );
  using stores = await openStores(config, streams, logs);
  await using pipeline: Pipeline = new Pipeline({
    ...streams,
    ...pipelineSettings(config),
    openBacking: stores.openBacking,
    topology,
    log: logs.log,
    now: () => performance.now(),
    llm,
    instruments: metrics,
    instanceId: options.instanceId,
  });
  const names = [...stages, ...topology.enrichers.map(({ name }) => name)].join(', ');
  logs.say(`Operations: ${operations.url}/metrics, /ready, /health`);
  await pipeline.start();
  using _bound = boundedStop(logs.say);
  tasks.begun();
  logs.say(`Running ${names}`);
  await Promise.race([aborted(options.signal), pipeline.failed]);
  tasks.ending();
}

async function openModel(config: Config, logs: Logs, stack: AsyncDisposableStack) {
  const { model } = await ensureParts(config, logs.say);
  return openLlm(model, stack);
}

/** The stages and enrichers asked for. @throws MillraceError `processor-unknown` */
export function selected(
  { stages, enrichers }: Topology,
  { processors, llm }: Pick<RunOptions, 'processors' | 'llm'>,
): Topology {
  if (processors.length === 0) return { stages, enrichers: llm ? enrichers : [] };
  const names = [...stages, ...enrichers].map(({ name }) => name);
  const unknown = processors.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new MillraceError({
      code: 'processor-unknown',
      what: `There is no processor ${unknown.join(', ')}.`,
      todo: `Name some of ${names.join(', ')}; without a name every stage runs.`,
    });
  }
  return {
    stages: stages.filter(({ name }) => processors.includes(name)),
    enrichers: enrichers.filter(({ name }) => llm || processors.includes(name)),
  };
}

/** The settings by which other processes come to the same broker and registry. */
function joining({ kafka, registry }: Addresses): string {
  return `KAFKA_BROKERS=${kafka.brokers.join(',')} SCHEMA_REGISTRY_URL=${registry.url}`;
}
