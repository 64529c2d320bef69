// What has been read and is not in ClickHouse yet, and how it gets there: rows, deletions, records that
// could not be read; positions last, so that what a crash cuts off is read again and lands on itself.
import { columnsOf, sourceColumnsOf } from '../columns.ts';
import { deleteRows, quoted, type TopicTable } from '../tables.ts';
import { type AvroInsert, sqlText, type Warehouse } from '../warehouse.ts';
import { AvroRows, type Place } from './avro-rows.ts';
import { type IngestPosition, writePositions } from './positions.ts';
import { keepRefused, type Refused } from './refused.ts';

/** Number of keys that one statement deletes. */
const keysAtOnce = 1_000;

interface Waiting {
  readonly rows: AvroRows;
  /** The latest deletion of each key. */
  readonly deleted: Map<string, Place>;
}

export class Landing {
  private readonly warehouse: Warehouse;
  private readonly waiting: ReadonlyMap<TopicTable, Waiting>;
  private refused: Refused[] = [];
  private positions = new Map<string, IngestPosition>();

  constructor(warehouse: Warehouse, tables: readonly TopicTable[]) {
    this.warehouse = warehouse;
    this.waiting = new Map(
      tables.map((table) => [table, { rows: new AvroRows(table), deleted: new Map() }]),
    );
  }

  /** Size of what waits, bytes. */
  get bytes(): number {
    let bytes = 0;
    for (const { rows } of this.waiting.values()) bytes += rows.bytes;
    for (const { raw } of this.refused) bytes += raw.length;
    return bytes;
  }

  get isEmpty(): boolean {
    return this.positions.size === 0;
  }

  /** @param datum the record in Avro, without the header of the wire format */
  add(table: TopicTable, place: Place, datum: Buffer): void {
    this.waiting.get(table)!.rows.append(place, datum);
  }

  /** Notes that a key is deleted; in a table that has each record as a row nothing is. */
  delete(table: TopicTable, place: Place): void {
    if (table.latest) this.waiting.get(table)!.deleted.set(place.key, place);
  }

  refuse(record: Refused): void {
    this.refused.push(record);
  }

  /** Notes how far a partition has been read. */
  passed(position: IngestPosition): void {
    this.positions.set(`${position.topic}/${position.partition}`, position);
  }

  /** Writes what waits. If this fails, some of it may be written; what waited is lost here. */
  async land(): Promise<void> {
    const { refused, positions } = this;
    this.refused = [];
    this.positions = new Map();
    const taken = [...this.waiting].flatMap(([table, { rows, deleted }]) => {
      if (rows.count === 0 && deleted.size === 0) return [];
      const keys = new Map(deleted);
      deleted.clear();
      return [{ table, file: rows.count > 0 ? rows.take() : undefined, deleted: keys }];
    });
    for (const { table, file, deleted } of taken) {
      if (file) await this.warehouse.insertAvro(insertOf(this.warehouse, table), file);
      await this.remove(table, [...deleted.values()]);
    }
    await keepRefused(this.warehouse, refused);
    await writePositions(this.warehouse, [...positions.values()]);
  }

  /** Removes the rows of keys that were written before the keys were deleted. */
  private async remove({ table }: TopicTable, places: readonly Place[]): Promise<void> {
    for (let from = 0; from < places.length; from += keysAtOnce) {
      const some = places.slice(from, from + keysAtOnce);
      const offsets = some.map(({ key, offset }) => `${sqlText(key)}, ${offset}`).join(', ');
      const keys = some.map(({ key }) => sqlText(key)).join(', ');
      const before = `_offset < map(${offsets})[_key]`;
      await deleteRows(this.warehouse, table, `_key in (${keys}) and ${before}`);
    }
  }
}

/** How the rows of an Avro file go into a table: an array of records becomes one array a column. */
function insertOf(
  { database }: Warehouse,
  { table, schema, omit, latest }: TopicTable,
): AvroInsert {
  const places = ['_partition', '_offset', ...(latest ? ['_key'] : [])];
  const columns = columnsOf(schema, omit).map(({ name }) => {
    const [outer = '', inner] = name.split('.');
    const from = inner
      ? `arrayMap(part -> tupleElement(part, ${sqlText(inner)}), ${quoted(outer)})`
      : quoted(outer);
    return { name: quoted(name), from };
  });
  const source = sourceColumnsOf(schema, omit).map(({ name, type }) => `${quoted(name)} ${type}`);
  const structure = [...source, '_partition UInt64', '_offset UInt64'];
  if (latest) structure.push('_key String');
  return {
    into: `${database}.${table} (${[...columns.map(({ name }) => name), ...places].join(', ')})`,
    select: [...columns.map(({ from }) => from), ...places].join(', '),
    structure: structure.join(', '),
  };
}
