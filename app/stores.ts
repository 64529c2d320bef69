// Where the stores of the stages live, as STATE_STORE says.
import { join } from 'node:path';
import { openLmdbStores } from '../infra/stores/lmdb.ts';
import type { OpenBacking } from '../streams/engine/store.ts';
import type { Config } from './config/read.ts';
import type { Logs } from './log.ts';
import type { Streams } from './streams.ts';

export interface Stores extends Disposable {
  /** Opens the storage of a store; undefined if state is in memory. */
  readonly openBacking: OpenBacking | undefined;
}

/**
 * Opens the stores. Dispose of them after the pipeline that uses them.
 * @param thread number of the thread, which has a directory of its own; undefined outside a thread
 */
export async function openStores(
  { dataDir, stateStore }: Config,
  { kafka, codecs, nameOf, application }: Streams,
  { log }: Logs,
  thread?: number,
): Promise<Stores> {
  if (stateStore === 'memory') return { openBacking: undefined, [Symbol.dispose]() {} };
  const admin = kafka.admin();
  await admin.connect();
  const { clusterId } = await admin.describeCluster().finally(() => admin.disconnect());
  const stores = openLmdbStores({
    dir: join(dataDir, thread === undefined ? 'state' : `state-${thread}`),
    application,
    clusterId,
    codecOf: (topic) => codecs.of(topic),
    nameOf,
    log,
  });
  return { openBacking: stores.open, [Symbol.dispose]: () => stores[Symbol.dispose]() };
}
