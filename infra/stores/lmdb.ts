// State larger than memory: each store of each task in an LMDB file of its own, which is a copy of its
// changelog up to a checkpoint and can be thrown away at any time.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Codec } from '../../schemas/codec.ts';
import { codeOf } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Backing, OpenBacking, StoreDef } from '../../streams/engine/store.ts';
import { takeLock } from '../process-lock.ts';
import { dataFile } from './environment.ts';
import { inUse } from './errors.ts';
import { LmdbBacking } from './lmdb-backing.ts';

const hourMs = 3_600_000;

export interface LmdbStoresOptions {
  /** Folder of the state of all applications. */
  readonly dir: string;
  readonly application: string;
  /** Id of the cluster, as its brokers say it: offsets mean nothing on another cluster. */
  readonly clusterId: string;
  readonly codecOf: (topic: AnyTopic) => Codec;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  /** Gives the time, ms since the epoch. @default Date.now */
  readonly now?: () => number;
  /**
   * Age of the last write above which a store is rebuilt, ms. A compacted changelog keeps a
   * deletion for `delete.retention.ms` only: a day, unless the topic says otherwise.
   * @default 23 hours
   */
  readonly maxAgeMs?: number;
  /** Address space that each store begins with, bytes; it is no limit. @default 16 GiB */
  readonly mapBytes?: number;
}

export interface LmdbStores extends Disposable {
  /** Opens the store of a task. @throws MillraceError `state-in-use`, `disk-full` */
  readonly open: OpenBacking;
}

export function openLmdbStores(options: LmdbStoresOptions): LmdbStores {
  const { application, clusterId, codecOf, nameOf, log } = options;
  const { now = Date.now, maxAgeMs = 23 * hourMs, mapBytes = 0x4_0000_0000 } = options;
  const root = join(resolve(options.dir), encodeURIComponent(application));
  const opened = new Map<string, LmdbBacking>();
  removeOld(root, now() - maxAgeMs, log);

  const open = (def: StoreDef, partition: number): Backing<unknown> => {
    const topic = nameOf(def.changelog);
    const dir = join(root, topic, String(partition));
    // Whoever opens a store again has given up the one before, though it may not have closed it.
    opened.get(dir)?.close();
    const owner = { application, clusterId, topic, partition };
    const codec = codecOf(def.changelog);
    const backing = new LmdbBacking({
      dir,
      owner,
      codec,
      log,
      now,
      maxAgeMs,
      mapBytes,
    });
    opened.set(dir, backing);
    return backing;
  };

  return {
    open,
    [Symbol.dispose]() {
      for (const backing of opened.values()) backing.close();
    },
  };
}

/** Removes state that no task here has used since `before`, since it would not be used again. */
function removeOld(root: string, before: number, log: Logger): void {
  if (!existsSync(root)) return;
  for (const topic of readdirSync(root)) {
    for (const entry of readdirSync(join(root, topic), { withFileTypes: true })) {
      const dir = join(root, topic, entry.name);
      if (!entry.isDirectory() || lastWrite(dir) > before) continue;
      try {
        using _lock = takeLock(`${dir}.lock`, (pid) => inUse(dir, pid));
        rmSync(dir, { recursive: true, force: true });
        log.info({ dir }, 'old state is removed');
      } catch (error) {
        if (codeOf(error) !== 'state-in-use') throw error;
      }
    }
  }
}

function lastWrite(dir: string): number {
  return existsSync(dataFile(dir)) ? statSync(dataFile(dir)).mtimeMs : 0;
}
