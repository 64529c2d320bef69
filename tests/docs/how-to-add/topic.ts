// What the recipe of a topic promises: events of it, a table in ClickHouse, a line of the topology's page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { columnsOf } from '../../../infra/clickhouse/columns.ts';
import { topicTables } from '../../../infra/clickhouse/tables.ts';
import { topics } from '../../../schemas/index.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { MemoryRuntime } from '../../../streams/engine/memory-runtime.ts';

const wishes = (topics as readonly AnyTopic[]).find(({ name }) => name === 'wishes')!;
const runtime = new MemoryRuntime({ stages: [], enrichers: [] }, { topics: [wishes] });
const wish = { wishId: 'w', userId: 'u', itemId: 'x', at: 5 };
runtime.send(wishes, wish);
assert.deepEqual({ ...runtime.events(wishes)[0] }, wish);
const { schema, omit } = topicTables.find(({ table }) => table === 'wishes')!;
assert.deepEqual(columnsOf(schema, omit)[0], { name: 'wishId', type: 'String', before: [] });
assert.match(readFileSync('docs/topology.md', 'utf8'), /\| `wishes` \| userId \| by key \| log \|/);
execFileSync(process.execPath, ['tests/golden/schemas.ts']);
assert.ok(existsSync('tests/golden/schemas/wishes.avsc'));
process.stdout.write('kept\n');
