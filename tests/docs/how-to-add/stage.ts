// What the recipe of a stage promises: it runs in the main path, and is in the topology's page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { audit } from '../../../schemas/topics/audit.ts';
import { impressions } from '../../../schemas/topics/impressions.ts';
import { MemoryRuntime } from '../../../streams/engine/memory-runtime.ts';
import { mainTopology } from '../../../streams/topology.ts';
import { impressionOf } from '../../support/events.ts';

const runtime = new MemoryRuntime(mainTopology());
const day = 86_400_000;
// Of a hundred slates of one item each, four items in turn but the first for the last forty.
for (let i = 0; i < 100; i++) {
  const itemId = i < 60 ? `x${i % 4}` : 'x0';
  runtime.send(impressions, impressionOf(`i${i}`, 'u', i, [itemId]));
}
runtime.send(impressions, impressionOf('end', 'end', day, []));
runtime.drain();
const found = runtime.events(audit).filter(({ component }) => component === 'exposure');
// 55, 15 and 15 of a hundred.
assert.deepEqual(
  found.map(({ name, value, count }) => ({ name, value, count })),
  [{ name: 'top-3', value: 0.85, count: 100 }],
);
assert.match(readFileSync('docs/topology.md', 'utf8'), /### exposure\n\nMeasures which share/);
process.stdout.write('kept\n');
