// Erases the rows of a user from every table. No statement names the user: a server logs statements, and
// keeps those of mutations, so rows are found by the fingerprint of the id.
import type { Forgotten } from '../../../schemas/topics/forgotten.ts';
import { eraseRows, topicTables } from '../tables.ts';
import type { Warehouse } from '../warehouse.ts';

/** Resolves once the rows up to the time of the event are in no part that is read. */
export async function eraseUser(warehouse: Warehouse, event: Forgotten): Promise<void> {
  const { database } = warehouse;
  for (const { table, where } of erasuresOf(database, event)) {
    await eraseRows(warehouse, table, where);
  }
}

interface Erasure {
  readonly table: string;
  /** Condition of the rows that go. */
  readonly where: string;
}

function erasuresOf(database: string, event: Forgotten): Erasure[] {
  const { fingerprint, at, userId } = event;
  const is = (text: string) => `lower(hex(SHA256(${text}))) = '${fingerprint}'`;
  const before = `at <= fromUnixTimestamp64Milli(toInt64(${at}), 'UTC')`;
  const bytes = Buffer.byteLength(userId);
  // Bytes that did not decode may hold the id anywhere; without it, its length is not known either.
  const holds = (text: string) => (bytes > 0 ? [holdsId(text, bytes, fingerprint)] : []);
  const any = (conditions: readonly string[]) => conditions.map((one) => `(${one})`).join(' or ');
  const own = topicTables
    .filter(({ schema }) => schema.fields.some(({ name }) => name === 'userId'))
    .filter(({ omit }) => !omit.includes('userId'))
    .map(({ table }) => ({ table, where: `${is('userId')} and ${before}` }));
  return [
    // Ratings of the user's explanations, before the explanations themselves.
    {
      table: 'judgements',
      where: `hash in (select hash from ${database}.explanations where ${is('userId')} and ${before})`,
    },
    ...own,
    {
      table: 'dead_letters',
      where: `(${any([is("ifNull(key, '')"), is("JSONExtractString(data, 'userId')"), ...holds('data'), ...holds('reason')])}) and ${before}`,
    },
    {
      table: 'ingest_errors',
      where: any([is("JSONExtractString(event, 'userId')"), ...holds('raw'), ...holds('error')]),
    },
  ];
}

/**
 * Whether a text holds the id whose fingerprint it is: as an Avro string, behind its length, or as a word
 * of its own.
 * @param bytes length of the id
 */
function holdsId(text: string, bytes: number, fingerprint: string): string {
  const at = (from: string, length: number) => `substring(${text}, ${from}, ${length})`;
  const isWord = (one: string) => `match(${one}, '[0-9A-Za-z_]')`;
  // An Avro length is a zigzag number, of one byte below 64 and of two above.
  const length = bytes < 64 ? [2 * bytes] : [((2 * bytes) & 127) | 128, (2 * bytes) >> 7];
  const behindLength = `${at(`i - ${length.length}`, length.length)} = char(${length.join(', ')})`;
  const alone = `not ${isWord(at('i - 1', 1))} and not ${isWord(at(`i + ${bytes}`, 1))}`;
  const place = `((${behindLength}) or (${alone}))`;
  return `arrayExists(i -> SHA256(${at('i', bytes)}) = unhex('${fingerprint}') and ${place}, range(1, greatest(length(${text}) - ${bytes - 2}, 1)))`;
}
