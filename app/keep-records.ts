// Keeps records in ClickHouse: through their topic where a Millrace runs on the data directory, whose
// warehouse then reads it; straight into the table where none does.
import { createTables } from '../infra/clickhouse/tables.ts';
import { lockDataDir } from '../infra/embedded/data-dir.ts';
import { codeOf } from '../schemas/errors.ts';
import type { AnyTopic, EventOf } from '../schemas/topic.ts';
import type { Config } from './config/read.ts';
import type { Logs } from './log.ts';
import { connectStreams, reachableStreams, type Streams } from './streams.ts';
import { openWarehouse } from './warehouse.ts';

/** Partition of rows that came by no topic. */
const noPartition = 0x8000_0000;

/** Writes records to their topic; resolves once the broker has them all. */
export async function sendRecords<T extends AnyTopic>(
  { kafka, codecs, nameOf }: Streams,
  topic: T,
  records: readonly EventOf<T>[],
): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const codec = codecs.of(topic);
  await producer.send({
    topic: nameOf(topic),
    messages: records.map((record) => ({ key: topic.keyOf(record), value: codec.encode(record) })),
  });
  await producer.disconnect();
}

/** @param topic a topic whose records have no arrays of records in them */
export async function keepRecords<T extends AnyTopic>(
  topic: T,
  records: readonly EventOf<T>[],
  config: Config,
  logs: Logs,
): Promise<void> {
  using lock = freeLock(config);
  const running = lock ? undefined : reachableStreams(config);
  if (running) {
    await sendRecords(await connectStreams(config, running, logs), topic, records);
    return;
  }
  await using warehouse = await openWarehouse(config);
  await createTables(warehouse);
  // The key of the table is where a row came from; time and index stand in for it.
  const base = Date.now() * 1000;
  await warehouse.client.insert({
    table: topic.name.replaceAll('-', '_'),
    format: 'JSONEachRow',
    values: records.map((record, i) => ({
      ...(record as object),
      ...(topic.rowsInSql === 'latest' && { _key: topic.keyOf(record) }),
      _partition: noPartition,
      _offset: base + i,
    })),
  });
}

/**
 * The lock of the data directory; undefined if another process has it and its broker can be
 * reached.
 */
function freeLock(config: Config): Disposable | undefined {
  try {
    return lockDataDir(config.dataDir);
  } catch (error) {
    if (codeOf(error) === 'data-dir-in-use' && reachableStreams(config)) return undefined;
    throw error;
  }
}
