// A warehouse on a directory of its own, gone after the test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import { topicTables } from '../../infra/clickhouse/tables.ts';
import { execute, type Warehouse } from '../../infra/clickhouse/warehouse.ts';

export interface TestWarehouse extends AsyncDisposable {
  warehouse: Warehouse;
  path: string;
}

export async function openTestWarehouse(): Promise<TestWarehouse> {
  const path = mkdtempSync(join(tmpdir(), 'millrace-clickhouse-'));
  const warehouse = await openClickHouse({ path });
  return {
    warehouse,
    path,
    async [Symbol.asyncDispose]() {
      await warehouse[Symbol.asyncDispose]();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export async function clear(warehouse: Warehouse): Promise<void> {
  for (const { table } of topicTables) await execute(warehouse, `truncate table ${table}`);
}
