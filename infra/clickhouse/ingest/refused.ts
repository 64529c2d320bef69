// Records that could not be read, kept in `ingest_errors` with their bytes and the code that the streams
// give them, too.
import avsc from 'avsc';
import type { Warehouse } from '../warehouse.ts';
import { avroFile } from './avro-file.ts';

export interface Refused {
  readonly topic: string;
  readonly _partition: number;
  readonly _offset: number;
  readonly code: string;
  readonly error: string;
  readonly raw: Buffer;
  /** The event as JSON, where the record decodes and what it says cannot be used; else empty. */
  readonly event: string;
}

const schema = {
  type: 'record',
  name: 'Refused',
  fields: [
    { name: 'topic', type: 'string' },
    { name: '_partition', type: 'long' },
    { name: '_offset', type: 'long' },
    { name: 'code', type: 'string' },
    { name: 'error', type: 'string' },
    { name: 'raw', type: 'bytes' },
    { name: 'event', type: 'string' },
  ],
} as const;

const type = avsc.Type.forSchema(structuredClone(schema) as unknown as avsc.Schema);

export async function keepRefused(
  warehouse: Warehouse,
  refused: readonly Refused[],
): Promise<void> {
  if (refused.length === 0) return;
  const columns = schema.fields.map(({ name }) => name).join(', ');
  const insert = {
    into: `${warehouse.database}.ingest_errors (${columns})`,
    select: columns,
    structure:
      'topic String, _partition UInt64, _offset UInt64, code String, error String, raw String, event String',
  };
  const rows = Buffer.concat(refused.map((one) => type.toBuffer(one)));
  await warehouse.insertAvro(insert, avroFile(schema, refused.length, rows));
}
