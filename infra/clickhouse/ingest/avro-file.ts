// Rows as an Avro file of one block, which ClickHouse reads natively.
// Format: https://avro.apache.org/docs/1.12.0/specification/#object-container-files
import avsc from 'avsc';

const long = avsc.Type.forSchema('long');
const metadata = avsc.Type.forSchema({ type: 'map', values: 'bytes' });
const magic = Buffer.from('Obj\x01');

/** Marks the ends of a file's blocks; there is one, so any sixteen bytes do. */
const sync = Buffer.from('millrace-ingest.');

/** @param rows the rows in Avro, one behind the other */
export function avroFile(schema: unknown, count: number, rows: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(schema));
  const entries = { 'avro.schema': text, 'avro.codec': Buffer.from('null') };
  const head = [magic, metadata.toBuffer(entries), sync];
  return Buffer.concat([...head, long.toBuffer(count), long.toBuffer(rows.length), rows, sync]);
}
