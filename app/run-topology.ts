// A topology on a broker from a program of one's own, without the recommender.
import '../streams/engine/disposable-stack.ts';
import type { Topology } from '../streams/engine/topology.ts';
import { checked } from '../streams/engine/topology.ts';
import { readConfig } from './config/read.ts';
import { openLogs } from './log.ts';
import { openMember } from './member.ts';
import { aborted } from './signals.ts';
import { findStreams } from './streams.ts';

export interface RunTopologyOptions {
  /** Ends the run when it aborts: every task commits what it holds, and leaves its group. */
  readonly signal: AbortSignal;
}

/**
 * Runs the stages exactly once, and the enrichers at least once, until the signal aborts. Broker,
 * registry and data directory are those of millrace.yaml and the environment; a broker and a registry
 * that are not named start embedded. The topics are made where they are missing, their schemas registered.
 * Another process that runs the same topology shares its partitions.
 * @throws MillraceError `topology-invalid`, `topic-partitions-differ`, `config-invalid`, `data-dir-in-use`
 */
export async function runTopology(
  topology: Topology,
  { signal }: RunTopologyOptions,
): Promise<void> {
  const config = readConfig();
  const logs = openLogs(config.dataDir);
  await using stack = new AsyncDisposableStack();
  const addresses = await findStreams(config, logs, stack);
  await using member = await openMember(config, addresses, logs, { topology: checked(topology) });
  await member.pipeline.start();
  await Promise.race([aborted(signal), member.pipeline.failed]);
}
