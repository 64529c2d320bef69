// Keeps an evaluation in ClickHouse: through the topic where a Millrace runs on the data directory,
// whose warehouse then reads it; straight into the table where none does.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createTables } from '../../infra/clickhouse/ingest.ts';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import type { Config } from '../../infra/config.ts';
import { lockDataDir } from '../../infra/embedded/data-dir.ts';
import type { Evaluation } from '../../models/evaluation/evaluation.ts';
import { type EvaluationRecord, evaluations } from '../../schemas/topics/evaluations.ts';
import type { Logs } from '../log.ts';
import { clickhouseUrl } from '../parts.ts';
import { connectStreams, runningStreams } from '../streams.ts';

/** Rows that came by no topic count as of this partition. */
const noPartition = 2 ** 31;

export async function keepEvaluation(
  evaluation: Evaluation,
  config: Config,
  logs: Logs,
): Promise<void> {
  const records = recordsOf(evaluation);
  const running = runningStreams(config.dataDir);
  if (running) {
    const { kafka, codecs, nameOf } = await connectStreams(config, running, logs);
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const codec = codecs.of(evaluations);
    await producer.send({
      topic: nameOf(evaluations),
      messages: records.map((record) => ({
        key: evaluations.keyOf(record),
        value: codec.encode(record),
      })),
    });
    await producer.disconnect();
    return;
  }
  using _lock = lockDataDir(config.dataDir);
  await using warehouse = await openClickHouse({
    path: join(config.dataDir, 'clickhouse'),
    ...(config.clickhouse ? { url: clickhouseUrl(config.clickhouse) } : {}),
  });
  await createTables(warehouse);
  // The key of the table is where a row came from; time and index stand in for it.
  const base = records[0] ? records[0].at * 1000 : 0;
  await warehouse.client.insert({
    table: 'evaluations',
    format: 'JSONEachRow',
    values: records.map((record, i) => ({ ...record, _partition: noPartition, _offset: base + i })),
  });
}

function recordsOf({ protocol, dataset, n, seed, rows }: Evaluation): EvaluationRecord[] {
  const evaluationId = randomUUID();
  const at = Date.now();
  return rows.map(({ model, metric, span, value, standardError = null }) => ({
    evaluationId,
    at,
    protocol,
    dataset,
    n,
    seed,
    model,
    metric,
    span: span === 'all' ? ('all' as const) : ('lastHalf' as const),
    value,
    standardError,
  }));
}
