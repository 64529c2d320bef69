// Opens the parts a configuration asks for, embedded or given, and what is common to every command.

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Warehouse } from '../infra/clickhouse/warehouse.ts';
import { lockDataDir } from '../infra/embedded/data-dir.ts';
import { ensureParts } from '../infra/embedded/parts.ts';
import { openLlamaProcess } from '../infra/llama/process.ts';
import { servedAdapter } from '../infra/llama/served-adapter.ts';
import { roles } from '../models/llm/roles.ts';
import { Desk, type Desks } from '../streams/enrichers/desk.ts';
import type { Config } from './config/read.ts';
import type { Logs } from './log.ts';
import { connectStreams, type Streams, startStreams } from './streams.ts';
import { openTogether } from './together.ts';
import { openWarehouse, readTopics } from './warehouse.ts';

export interface OpenParts extends AsyncDisposable, Streams, Llm {
  readonly warehouse: Warehouse;
}

/** The language models, each with the one queue in front of it. */
export interface Llm {
  readonly desks: Desks;
}

/** Share of the time a language model may compute. */
const llmShare = 0.9;

/** Jobs that may wait for a language model. */
const llmQueue = 128;

/** Fetches what is missing; long steps say what they do. @throws MillraceError `part-missing` */
export async function fetchParts(config: Config, { say }: Logs): Promise<{ model: string }> {
  return ensureParts(config, say);
}

/** Starts or connects everything; disposing ends it in the opposite order. */
export async function openParts(config: Config, logs: Logs, modelFile: string): Promise<OpenParts> {
  await using stack = new AsyncDisposableStack();
  stack.use(lockDataDir(config.dataDir));
  const [{ addresses, ...streams }, warehouse, llm] = await openTogether(stack, [
    openStreams(config, logs, stack),
    openWarehouse(config),
    openLlm(config, modelFile, stack, logs),
  ]);
  stack.use(warehouse);
  stack.use(await readTopics(warehouse, config, addresses));
  const resources = stack.move();
  return {
    ...streams,
    ...llm,
    warehouse,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openStreams(config: Config, logs: Logs, stack: AsyncDisposableStack) {
  const addresses = await startStreams(config, logs, stack);
  return { ...(await connectStreams(config, addresses, logs)), addresses };
}

/**
 * The language models of the roles: the one given, and those that roles have of their own, each opened
 * once. @throws MillraceError of the model
 */
export async function openLlm(
  { llm, dataDir, partsDir }: Pick<Config, 'llm' | 'dataDir' | 'partsDir'>,
  modelFile: string,
  stack: AsyncDisposableStack,
  { log, say }: Pick<Logs, 'log' | 'say'>,
): Promise<Llm> {
  const fileOf = Object.fromEntries(
    roles.names.map((role) => [role, llm.roles[role] ?? modelFile]),
  );
  const byFile = new Map<string, Desk>();
  for (const file of new Set(Object.values(fileOf))) {
    const untiedCopies = join(partsDir, 'models', 'untied');
    const model = stack.use(await openLlamaProcess({ model: file, gpu: 'auto', untiedCopies }));
    const adapt = servedAdapter({
      model,
      folder: join(dataDir, 'adapters', model.name),
      onServed: (version) =>
        say(`${model.name} answers with ${version === 0 ? 'no adapter' : `adapter ${version}`}`),
      onRefused: (version, error) =>
        log.error({ err: error, model: model.name, version }, 'an adapter was refused'),
    });
    const desk = new Desk(model, {
      adapt,
      capacity: llmQueue,
      budget: { share: llmShare },
      now: () => performance.now(),
      wait: (ms, signal) => wait(ms, undefined, { signal }),
    });
    byFile.set(file, stack.use(desk));
  }
  return { desks: (role) => byFile.get(fileOf[role]!)! };
}
