// What the recipe of a served policy promises: a variant names it; it is learned in the streams, served from
// its snapshots, and made again from the log with the same bytes.
import assert from 'node:assert/strict';
import { learningPolicies } from '../../../models/policies.ts';
import { requestOf } from '../../../schemas/request-border.ts';
import { clicks } from '../../../schemas/topics/clicks.ts';
import { examples } from '../../../schemas/topics/examples.ts';
import { impressions } from '../../../schemas/topics/impressions.ts';
import { items } from '../../../schemas/topics/items.ts';
import { requests } from '../../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../../streams/engine/memory-runtime.ts';
import { snapshotTable } from '../../../streams/engine/snapshot-table.ts';
import { serveDefaults } from '../../../streams/serve/stage.ts';
import { mainTopology } from '../../../streams/topology.ts';
import { clickOf, impressionOf, itemOf } from '../../support/events.ts';

const exploration = { temperature: 1, floor: 0.05 };
const variants = [{ name: 'groups', policy: 'group-rate', share: 1, exploration }];
const hour = 3_600_000;
const runtime = new MemoryRuntime(
  mainTopology({
    serve: { ...serveDefaults, variants },
    learn: { snapshotEvery: 10, snapshotEveryServed: 10 },
  }),
);
for (const id of ['war', 'drama']) runtime.send(items, itemOf(id, [id]));
// Dramas are liked, and nothing else is.
for (let i = 0; i < 40; i++) {
  runtime.send(impressions, impressionOf(`i${i}`, 'u', i * hour, ['war', 'drama']));
  runtime.send(clicks, clickOf(`c${i}`, `i${i}`, 'u', 'drama', i * hour + 1));
}
runtime.drain();
const ask = {
  requestId: 'r',
  userId: 'new',
  at: 50 * hour,
  k: 2,
  surface: '',
  candidates: ['war', 'drama'],
};
runtime.send(requests, requestOf(ask));
runtime.drain();
const slate = runtime.events(impressions).at(-1)!;
assert.deepEqual(
  [slate.variant, slate.policy, slate.missing.includes('snapshot')],
  ['groups', 'group-rate', false],
);
assert.ok(slate.version >= 30);
const score = (id: string) => slate.items.find(({ itemId }) => itemId === id)!.score;
// Near 8 · (n + 1) / (n + 5) and 8 / (n + 5).
assert.ok(score('drama') > 6.5 && score('war') < 1);

const { version, bytes } = runtime.tables.of(snapshotTable).latest('group-rate')!;
const rebuilt = learningPolicies.get('group-rate')!.create();
for (const example of runtime.events(examples).slice(0, version)) rebuilt.learn(example);
assert.ok(Buffer.from(rebuilt.save()).equals(bytes));
process.stdout.write('kept\n');
