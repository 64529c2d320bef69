// Opens the parts a configuration asks for, embedded or given, and what is common to every command.

import '../streams/engine/disposable-stack.ts';
import type { Warehouse } from '../infra/clickhouse/warehouse.ts';
import { lockDataDir } from '../infra/embedded/data-dir.ts';
import { ensureParts } from '../infra/embedded/parts.ts';
import type { Role } from '../models/llm/roles.ts';
import type { Config } from './config/read.ts';
import { type Llm, openLlm } from './llm.ts';
import type { Logs } from './log.ts';
import { connectStreams, type Streams, startStreams, wantRegistry } from './streams.ts';
import { openTogether } from './together.ts';
import { openWarehouse, readTopics } from './warehouse.ts';

export interface OpenParts extends AsyncDisposable, Streams, Llm {
  readonly warehouse: Warehouse;
}

/** Fetches the parts that are missing; long steps are told. @throws MillraceError `part-missing`, `registry-missing` */
export async function fetchParts(config: Config, { say }: Logs): Promise<{ model: string }> {
  wantRegistry(config);
  return ensureParts(config, say);
}

/**
 * Starts or connects all parts; disposing ends them in the opposite order.
 * @param asked roles whose language models are opened
 */
export async function openParts(
  config: Config,
  logs: Logs,
  modelFile: string,
  asked: readonly Role[],
): Promise<OpenParts> {
  await using stack = new AsyncDisposableStack();
  stack.use(lockDataDir(config.dataDir));
  const [streams, warehouse, llm] = await openTogether(stack, [
    openStreams(config, logs, stack),
    openWarehouse(config),
    openLlm(config, modelFile, asked, stack, logs),
  ]);
  stack.use(warehouse);
  stack.use(await readTopics(warehouse, streams, logs));
  const resources = stack.move();
  return {
    ...streams,
    ...llm,
    warehouse,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openStreams(config: Config, logs: Logs, stack: AsyncDisposableStack) {
  return connectStreams(config, await startStreams(config, logs, stack), logs);
}
