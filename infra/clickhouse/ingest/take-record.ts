// One record on its way to ClickHouse: read as the streams read it.
import { headerBytes, schemaIdOf } from '../../../schemas/codec.ts';
import { codeOf, MillraceError } from '../../../schemas/errors.ts';
import type { FetchedRecord } from '../../kafka/wire/batch-reader.ts';
import type { Codecs } from '../../registry/registry.ts';
import type { TopicTable } from '../tables.ts';
import type { Landing } from './landing.ts';

/** @throws MillraceError `registry-unreachable` */
export async function takeRecord(
  codecs: Codecs,
  table: TopicTable,
  partition: number,
  record: FetchedRecord,
  landing: Landing,
): Promise<void> {
  const { value, offset } = record;
  const { topic, of } = table;
  const place = { partition, offset, key: record.key?.toString() ?? '' };
  if (value === null && of.compacted) {
    landing.delete(table, place);
    return;
  }
  const raw = value ?? Buffer.alloc(0);
  try {
    const codec = codecs.of(of);
    const id = schemaIdOf(raw);
    const event = codec.knows(id) ? codec.decode(raw) : await codecs.decode(of, raw);
    // Bytes by our own schema are what we would write; those of another writer are written anew.
    const own = id === codec.schemaId ? raw : codec.encode(event);
    landing.add(table, place, own.subarray(headerBytes));
  } catch (error) {
    if (!(error instanceof MillraceError) || error.remedy !== 'skip') throw error;
    const refused = { topic, _partition: partition, _offset: offset, raw };
    landing.refuse({ ...refused, code: codeOf(error), error: error.message });
  }
}
