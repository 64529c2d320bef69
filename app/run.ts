// Some processors of the topology as one member of their groups, until told to stop: what any number of
// processes do on one Kafka.

import '../streams/engine/disposable-stack.ts';
import { ingestLags } from '../infra/clickhouse/ingest/catch-up.ts';
import { ensureParts } from '../infra/embedded/parts.ts';
import { serveOperations } from '../infra/http/operations.ts';
import type { Role } from '../models/llm/roles.ts';
import { MillraceError } from '../schemas/errors.ts';
import { topics as declared } from '../schemas/index.ts';
import { type Topology, topicsOf } from '../streams/engine/topology.ts';
import { type LlmPorts, rolesAsked } from '../streams/enrichers/ports.ts';
import { nobody } from '../streams/topology.ts';
import { nearest } from './config/nearest.ts';
import type { Config } from './config/read.ts';
import { Counters, progressOf } from './counters.ts';
import { openApi } from './http/open.ts';
import { askedMember, askedThreads } from './http/serving.ts';
import { openLlm } from './llm.ts';
import type { Logs } from './log.ts';
import { openMember } from './member.ts';
import { MemberThreads, operationsOf } from './members.ts';
import { servePage } from './page.ts';
import { preflight } from './preflight.ts';
import { guardRestarts } from './restart-guard.ts';
import { putFileRules } from './rules/of-file.ts';
import { checkGroups, takeForApplication } from './served.ts';
import { aborted, boundedStop } from './signals.ts';
import { openSink, takeDataDir } from './sinks.ts';
import { serveQueries } from './sql-server.ts';
import { type Addresses, connectStreams, findStreams } from './streams.ts';
import { topologyOf } from './topology.ts';
import { ownSteps } from './topology-file.ts';

export interface RunOptions {
  /** Names of the stages and enrichers to run. @default every stage */
  readonly processors: readonly string[];
  /** Whether the enrichers run as well, if no names are given. */
  readonly llm: boolean;
  /** Path of a topology file, to run beside the main topology. @default none */
  readonly topology?: string | undefined;
  /** Port of metrics and health; a taken port is stepped over. */
  readonly opsPort: number;
  /** Name under which this process comes back to its groups without a rebalance. */
  readonly instanceId?: string | undefined;
  /**
   * Number of members of the groups in this process. With 1 there is no thread beside the process's
   * own, else each has a thread.
   */
  readonly threads: number;
  readonly signal: AbortSignal;
}

export async function run(config: Config, logs: Logs, options: RunOptions): Promise<void> {
  const started = performance.now();
  using _restarts = guardRestarts(config.dataDir, Date.now());
  const own = await ownSteps(options.topology, config);
  const whole = (ports?: LlmPorts) => own.beside(topologyOf(config, { llm: ports }));
  const chosen = selected(whole(nobody), options, own.topology);
  const stages = chosen.stages.map(({ name }) => name);
  const asked = rolesAsked(chosen.enrichers);
  await preflight(config, asked);
  await using stack = new AsyncDisposableStack();
  const owner = takeDataDir(config, stack);
  const serves = chosen.stages.some((one) => !own.topology.stages.includes(one));
  if (owner && serves) takeForApplication(config);
  const addresses = await findStreams(config, logs, stack, { locked: owner });
  // Makes topics and schemas where they are missing, before several ask for them at once.
  const topics = [...new Set([...declared, ...topicsOf(chosen)])];
  const streams = await connectStreams(config, addresses, logs, { topics });
  if (serves) {
    await checkGroups(streams.kafka, streams.application, false);
    await putFileRules(config, { ...streams, log: logs.log }, Date.now(), logs.say);
  }
  logs.say(`Others join with: ${joining(addresses)} millrace run --no-clickhouse`);
  const warehouse = await openSink(config, logs, streams, owner, stack);
  const llm = asked.length > 0 ? await openModels(asked, config, logs, stack) : undefined;
  const topology = selected(whole(llm), options, own.topology);
  const { threads: count, instanceId } = options;
  // With threads, the process's own is left to those who ask, and to the enrichers.
  const here = count > 1 ? { ...topology, stages: [] } : topology;
  await using member = await openMember(config, addresses, logs, {
    topology: here,
    llm,
    clickhouse: warehouse && ingestLags({ ...streams, warehouse }),
    instanceId,
  });
  await using threads =
    count > 1
      ? new MemberThreads(count, {
          config,
          addresses,
          stages,
          instanceId,
          topology: options.topology,
        })
      : undefined;
  const { pipeline, metrics } = member;
  await using operations = await serveOperations(operationsOf(member, threads), {
    host: config.host,
    port: options.opsPort,
  });
  await using _sql =
    warehouse && config.sinks.sql
      ? await serveQueries(warehouse, config, logs, metrics.parts.answered)
      : undefined;
  using counters = new Counters({
    pipeline,
    scheduler: llm?.schedulers(asked.find((role) => role === 'representer') ?? asked[0]!),
    started,
    ...(threads && {
      progress: async () => [...(await threads.progress()), ...(await progressOf(pipeline))],
    }),
  });
  await using _page =
    warehouse && config.sinks.page
      ? await servePage(config, logs, {
          streams,
          warehouse,
          topology: whole(nobody),
          counters,
          operations: operationsOf(member, threads),
        })
      : undefined;
  const operating = operationsOf(member, threads);
  await using _api = config.sinks.api
    ? await openApi(config, logs, {
        streams,
        warehouse,
        members: threads ? askedThreads(threads) : askedMember(member, config),
        registry: metrics.registry,
        health: () => operating.readiness(),
      })
    : undefined;
  const names = [...stages, ...topology.enrichers.map(({ name }) => name)].join(', ');
  logs.say(`Operations: ${operations.url}/metrics, /ready, /health`);
  await Promise.all([pipeline.start(), threads?.start()]);
  using _bound = boundedStop(logs.say);
  metrics.tasks.begun();
  counters.phase = 'serving';
  logs.say(`Running ${names}${count > 1 ? ` in ${count} threads` : ''}`);
  await Promise.race([
    aborted(options.signal),
    pipeline.failed,
    ...(threads ? [threads.failed] : []),
  ]);
  metrics.tasks.ending();
}

async function openModels(
  asked: readonly Role[],
  config: Config,
  logs: Logs,
  stack: AsyncDisposableStack,
) {
  const { model } = await ensureParts(config, logs.say);
  return openLlm(config, model, asked, stack, logs);
}

/**
 * The stages and enrichers that were asked for.
 * @param own the part of the topology that is the user's: its enrichers need no language model of
 * Millrace's
 * @throws MillraceError `processor-unknown`
 */
function selected(
  { stages, enrichers }: Topology,
  { processors, llm }: Pick<RunOptions, 'processors' | 'llm'>,
  own: Topology,
): Topology {
  if (processors.length === 0) return { stages, enrichers: llm ? enrichers : own.enrichers };
  const names = [...stages, ...enrichers].map(({ name }) => name);
  const unknown = processors.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const near = nearest(unknown[0]!, names);
    throw new MillraceError({
      code: 'processor-unknown',
      what: `There is no processor ${unknown.join(', ')}.`,
      ...(near === undefined ? {} : { why: `Is ${near} meant?` }),
      todo: `Name some of ${names.join(', ')}; without a name every stage runs.`,
    });
  }
  return {
    stages: stages.filter(({ name }) => processors.includes(name)),
    enrichers: enrichers.filter(({ name }) => llm || processors.includes(name)),
  };
}

/** Settings with which other processes join the same broker and registry, as text. */
function joining({ kafka, registry }: Addresses): string {
  return `KAFKA_BROKERS=${kafka.brokers.join(',')} SCHEMA_REGISTRY_URL=${registry.url}`;
}
