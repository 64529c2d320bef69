// The example of docs/package.md in memory; tests/integration/package.test.ts runs it on a broker.
import { expect, it } from '@jest/globals';
import topology, { clicksByHour } from '../../examples/package/clicks-by-hour.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { clickOf } from '../support/events.ts';

const minute = 60_000;
const hour = 60 * minute;

it('counts the clicks of each item by the hour, over a restart too', () => {
  const runtime = new MemoryRuntime(topology);
  const send = (id: string, itemId: string, at: number) =>
    runtime.send(clicks, clickOf(id, 'slate', 'user', itemId, at));
  send('1', 'a', 10 * minute);
  send('2', 'a', 59 * minute);
  send('3', 'b', 59 * minute);
  runtime.drain();
  runtime.restart();
  send('4', 'a', 60 * minute);
  send('5', 'b', 119 * minute);
  send('6', 'a', 61 * minute);
  runtime.drain();
  const latest = new Map(runtime.events(clicksByHour).map((one) => [clicksByHour.keyOf(one), one]));
  expect([...latest.values()]).toEqual([
    { itemId: 'a', hour: 0, clicks: 2 },
    { itemId: 'b', hour: 0, clicks: 1 },
    { itemId: 'a', hour, clicks: 2 },
    { itemId: 'b', hour, clicks: 1 },
  ]);
});
