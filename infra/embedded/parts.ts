// Brings the embedded parts that a configuration needs onto this machine, and starts them together.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archivePath } from './class-archive.ts';
import { ensureJars } from './jars.ts';
import { findJava } from './java.ts';
import { startKafka } from './kafka.ts';
import { ensureModel } from './model.ts';
import { startRegistry } from './registry.ts';
import type { Progress, StartOptions } from './types.ts';

/** Settings that decide which parts are embedded. */
export interface NeededParts {
  /** Another Kafka; absent for the embedded broker. */
  readonly kafka?: object | undefined;
  /** Another registry; absent for the embedded one. */
  readonly registry?: object | undefined;
  /** The language model; without `model`, the default one, which is fetched. */
  readonly llm: { readonly model?: string | undefined };
  /** Directory of jars and model. */
  readonly partsDir: string;
}

/**
 * Fetches what is missing: jars unless broker and registry are external, the model unless it is named.
 * @returns path or address of the model
 * @throws MillraceError `part-missing`, `part-not-fetched`, `part-damaged`
 */
export async function ensureParts(
  config: NeededParts,
  progress?: Progress,
): Promise<{ model: string }> {
  const embeddedJvm = !config.kafka || !config.registry;
  const [model] = await Promise.all([
    config.llm.model ?? ensureModel(config.partsDir, progress),
    embeddedJvm ? ensureJvmParts(config.partsDir, progress) : undefined,
  ]);
  return { model };
}

async function ensureJvmParts(partsDir: string, log?: Progress): Promise<void> {
  const java = await findJava();
  await ensureJars(partsDir, log);
  const recorded = ['kafka', 'registry'].every((name) =>
    existsSync(archivePath(partsDir, name, java)),
  );
  if (!recorded) await recordArchives(partsDir, log);
}

/**
 * Records class archives so that later starts are faster. A failure is ignored: everything works
 * without them.
 */
async function recordArchives(partsDir: string, log?: Progress): Promise<void> {
  log?.('Recording a fast start of Kafka and the schema registry, once');
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-record-'));
  try {
    await using both = await startJvmParts({ dataDir, partsDir, record: true });
    both satisfies AsyncDisposable;
  } catch (error) {
    log?.(`Not recorded: ${error instanceof Error ? error.message : error}`);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export interface JvmParts extends AsyncDisposable {
  /** Bootstrap address, `host:port`. */
  readonly brokers: string;
  /** Base address of the Confluent-compatible API. */
  readonly registryUrl: string;
}

/** Starts broker and registry side by side; when one fails the other is ended. */
export async function startJvmParts(options: Omit<StartOptions, 'port'>): Promise<JvmParts> {
  const [kafka, registry] = await Promise.allSettled([startKafka(options), startRegistry(options)]);
  const started = [kafka, registry].flatMap((part) =>
    part.status === 'fulfilled' ? [part.value] : [],
  );
  const stop = async () => {
    await Promise.all(started.map((part) => part[Symbol.asyncDispose]()));
  };
  if (kafka.status === 'fulfilled' && registry.status === 'fulfilled') {
    return {
      brokers: kafka.value.brokers,
      registryUrl: registry.value.url,
      [Symbol.asyncDispose]: stop,
    };
  }
  await stop();
  throw kafka.status === 'rejected' ? kafka.reason : (registry as PromiseRejectedResult).reason;
}
