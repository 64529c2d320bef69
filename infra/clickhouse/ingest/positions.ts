// How far each topic is read into ClickHouse: kept beside the rows, so that both are lost together or not
// at all. Tombstones, aborted records and markers move a position as rows do.
import { rowsOf, type Warehouse } from '../warehouse.ts';

export interface IngestPosition {
  /** Name of the topic in schemas/. */
  readonly topic: string;
  readonly partition: number;
  /** Offset of the record to read next. */
  readonly next: number;
}

export async function readPositions({ client, database }: Warehouse): Promise<IngestPosition[]> {
  return await rowsOf<IngestPosition>(
    { client },
    `select topic, toUInt32(_partition) as partition, toFloat64(argMax(next, at)) as next
     from ${database}.ingest_positions group by topic, _partition order by topic, partition`,
  );
}

export async function writePositions(
  { client, database }: Warehouse,
  positions: readonly IngestPosition[],
): Promise<void> {
  const values = positions.map(({ topic, partition, next }) => ({
    topic,
    _partition: partition,
    next,
  }));
  const table = `${database}.ingest_positions`;
  await client.insert({ table, values, format: 'JSONEachRow' });
}
