// The DDL follows the Avro schemas; nothing of a topic gets lost on the way unseen.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { columnsOf, sourceColumnsOf } from '../../infra/clickhouse/columns.ts';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import { createTables } from '../../infra/clickhouse/tables.ts';
import { execute, rowsOf } from '../../infra/clickhouse/warehouse.ts';
import { arrayOf, enumOf, optional, record, timestamp } from '../../schemas/avro.ts';
import { codeOf } from '../../schemas/errors.ts';
import { impression } from './rows.ts';

const schema = record('Thing', 'A thing.', [
  { name: 'id', type: 'string' },
  { name: 'at', type: timestamp },
  { name: 'kind', type: enumOf('Kind', ['a', 'b']) },
  { name: 'flag', type: 'boolean' },
  { name: 'n', type: 'int' },
  { name: 'big', type: 'long' },
  { name: 'x', type: 'double' },
  { name: 'raw', type: 'bytes' },
  { name: 'map', type: { type: 'map', values: 'string' } },
  optional('maybe', 'double'),
  optional('some', arrayOf('string')),
  {
    name: 'list',
    type: arrayOf(
      record('Part', 'A part.', [
        { name: 'name', type: 'string' },
        { name: 'p', type: arrayOf('double') },
        optional('s', 'double'),
      ]),
    ),
  },
  { name: 'inner', type: record('Inner', 'Left out.', [{ name: 'a', type: 'int' }]) },
  { name: 'vector', type: arrayOf('float') },
]);

describe('columns', () => {
  it('follow the schema', () => {
    const named = Object.fromEntries(columnsOf(schema, ['vector']).map((c) => [c.name, c.type]));
    expect(named).toEqual({
      id: 'String',
      at: "DateTime64(3, 'UTC')",
      kind: 'LowCardinality(String)',
      flag: 'Bool',
      n: 'Int32',
      big: 'Int64',
      x: 'Float64',
      raw: 'String',
      map: 'Map(String, String)',
      maybe: 'Nullable(Float64)',
      some: 'Array(String)',
      'list.name': 'Array(String)',
      'list.p': 'Array(Array(Float64))',
      'list.s': 'Array(Nullable(Float64))',
    });
  });

  it('are tuples where ClickHouse reads them from Avro', () => {
    expect(sourceColumnsOf(schema).find((column) => column.name === 'list')?.type).toBe(
      'Array(Tuple(name String, p Array(Float64), s Nullable(Float64)))',
    );
  });
});

describe('a data directory', () => {
  it('keeps its tables over a restart, and a second opening in turn', async () => {
    const path = mkdtempSync(join(tmpdir(), 'millrace-clickhouse-'));
    try {
      for (const expected of [1, 2]) {
        await using warehouse = await openClickHouse({ path, database: 'other' });
        await createTables(warehouse);
        await warehouse.client.insert({
          table: 'audit',
          values: [{ name: 'n', _partition: 0, _offset: expected }],
          format: 'JSONEachRow',
        });
        const rows = await rowsOf(
          warehouse,
          'select count() as n, currentDatabase() as d from audit',
        );
        expect(rows).toEqual([{ n: expected, d: 'other' }]);
      }
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });

  it('gains the columns that a schema gained, and keeps its rows', async () => {
    const path = mkdtempSync(join(tmpdir(), 'millrace-clickhouse-'));
    try {
      await using warehouse = await openClickHouse({ path });
      await createTables(warehouse);
      // As a version whose clicks had no confidence would have left it.
      await execute(warehouse, 'alter table clicks drop column confidence');
      const values = [{ clickId: 'c', _partition: 0, _offset: 0 }];
      await warehouse.client.insert({ table: 'clicks', values, format: 'JSONEachRow' });
      await createTables(warehouse);
      const rows = await rowsOf(warehouse, 'select clickId, confidence from clicks');
      expect(rows).toEqual([{ clickId: 'c', confidence: 0 }]);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });

  it('renames the columns that a schema renamed, with what is in them', async () => {
    const path = mkdtempSync(join(tmpdir(), 'millrace-clickhouse-'));
    try {
      await using warehouse = await openClickHouse({ path });
      await createTables(warehouse);
      await execute(
        warehouse,
        `alter table impressions rename column servedBy to origin,
          rename column \`items.targetPropensities\` to \`items.shadows\``,
      );
      await execute(warehouse, 'alter table audit rename column component to stage');
      const {
        servedBy,
        'items.targetPropensities': p,
        ...slate
      } = impression({
        ...{ impressionId: 'i', at: '2020-01-10 00:00:00.000' },
        shown: [['a', 0.5, [0.25, 0.5]]],
      });
      const old = { ...slate, origin: servedBy, 'items.shadows': p };
      const format = 'JSONEachRow';
      const { client } = warehouse;
      await client.insert({ table: 'impressions', values: [old], format });
      await client.insert({
        table: 'audit',
        values: [{ stage: 'reason', _partition: 0, _offset: 0 }],
        format,
      });
      await createTables(warehouse);
      const rows = await rowsOf(
        warehouse,
        `select servedBy, \`items.targetPropensities\` as p, component
        from impressions, (select component from audit) as found`,
      );
      expect(rows).toEqual([{ servedBy: 'served', p: [[0.25, 0.5]], component: 'reason' }]);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });

  it('makes a table anew whose rows had another key, to be read again from its topic', async () => {
    const path = mkdtempSync(join(tmpdir(), 'millrace-clickhouse-'));
    try {
      await using warehouse = await openClickHouse({ path });
      const columns = 'itemId String, _partition UInt64, _offset UInt64';
      await execute(
        warehouse,
        `create table items (${columns}) engine = ReplacingMergeTree order by (_partition, _offset)`,
      );
      await execute(warehouse, `insert into items values ('old', 0, 5)`);
      await createTables(warehouse);
      expect(await rowsOf(warehouse, 'select _key from items')).toEqual([]);
      const kept = [{ itemId: 'x', _key: 'x', _partition: 0, _offset: 7 }];
      await warehouse.client.insert({ table: 'items', values: kept, format: 'JSONEachRow' });
      await createTables(warehouse);
      expect(await rowsOf(warehouse, 'select _key from items')).toEqual([{ _key: 'x' }]);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });

  it('is refused with a code when the name or the URL cannot be', async () => {
    const code = (options: Parameters<typeof openClickHouse>[0]) =>
      openClickHouse(options).then(() => 'none', codeOf);
    expect(await code({ path: '/nowhere', database: 'a; drop' })).toBe('clickhouse-database-name');
    expect(await code({ path: '', url: 'http://127.0.0.1:1' })).toBe('clickhouse-unreachable');
  });
});
