// What the recipe of a metric promises: the view answers, and has its page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createViews } from '../../../infra/clickhouse/views.ts';
import { rowsOf } from '../../../infra/clickhouse/warehouse.ts';
import { openTestWarehouse } from '../../clickhouse/open.ts';
import { impression, insert, reward } from '../../clickhouse/rows.ts';

await using opened = await openTestWarehouse();
const { warehouse } = opened;
await createViews(warehouse);
const at = '2020-01-10 00:00:00.000';
const shown = (...ids: string[]) => ids.map((id): [string, number, number[]] => [id, 0.5, []]);
await insert(warehouse, 'impressions', [
  impression({ impressionId: 'i1', at, shown: shown('x', 'y') }),
  impression({ impressionId: 'i2', at, shown: shown('y') }),
]);
await insert(warehouse, 'rewards', [reward('i1', 'y'), reward('i2', 'y')]);
assert.deepEqual(await rowsOf(warehouse, 'select * from ctr_by_position'), [
  { position: 0, shown: 2, clicks: 1, ctr: 0.5 },
  { position: 1, shown: 1, clicks: 1, ctr: 1 },
]);
assert.match(
  readFileSync('docs/metrics.md', 'utf8'),
  /## ctr_by_position\n\nHow often each position/,
);
process.stdout.write('kept\n');
