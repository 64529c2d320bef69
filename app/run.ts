// Some processors of the topology as one member of their groups, until told to stop: what any number of
// processes do on one Kafka.

import { ensureParts } from '../infra/embedded/parts.ts';
import { serveOperations } from '../infra/http/operations.ts';
import { MillraceError } from '../schemas/errors.ts';
import type { Topology } from '../streams/engine/topology.ts';
import { nobody } from '../streams/topology.ts';
import type { Config } from './config/read.ts';
import type { Logs } from './log.ts';
import { openMember, runTopology } from './member.ts';
import { MemberThreads, operationsOf } from './members.ts';
import { openLlm } from './parts.ts';
import { aborted, boundedStop } from './signals.ts';
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
  /** Members of the groups in this process, each in a thread of its own; 1: none but the process's own. */
  readonly threads: number;
  readonly signal: AbortSignal;
}

export async function run(config: Config, logs: Logs, options: RunOptions): Promise<void> {
  const chosen = selected(runTopology(config, nobody), options);
  const stages = chosen.stages.map(({ name }) => name);
  await using stack = new AsyncDisposableStack();
  const addresses = await findStreams(config, logs, stack);
  // Makes topics and schemas where they are missing, before several ask for them at once.
  await connectStreams(config, addresses, logs);
  logs.say(`Others join with: ${joining(addresses)} millrace run`);
  const llm = chosen.enrichers.length > 0 ? await openModel(config, logs, stack) : undefined;
  const topology = selected(runTopology(config, llm), options);
  const { threads: count, instanceId } = options;
  // With threads, the process's own is left to those who ask, and to the enrichers.
  const own = count > 1 ? { ...topology, stages: [] } : topology;
  await using member = await openMember(config, addresses, logs, {
    topology: own,
    llm,
    instanceId,
  });
  await using threads =
    count > 1 ? new MemberThreads(count, { config, addresses, stages, instanceId }) : undefined;
  const { pipeline, metrics } = member;
  await using operations = await serveOperations(operationsOf(member, threads), {
    host: config.host,
    port: options.opsPort,
  });
  const names = [...stages, ...topology.enrichers.map(({ name }) => name)].join(', ');
  logs.say(`Operations: ${operations.url}/metrics, /ready, /health`);
  await Promise.all([pipeline.start(), threads?.start()]);
  using _bound = boundedStop(logs.say);
  metrics.tasks.begun();
  logs.say(`Running ${names}${count > 1 ? ` in ${count} threads` : ''}`);
  await Promise.race([
    aborted(options.signal),
    pipeline.failed,
    ...(threads ? [threads.failed] : []),
  ]);
  metrics.tasks.ending();
}

async function openModel(config: Config, logs: Logs, stack: AsyncDisposableStack) {
  const { model } = await ensureParts(config, logs.say);
  return openLlm(config, model, stack, logs);
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
