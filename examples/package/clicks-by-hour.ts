// Clicks by item and hour, each click counted once: `npx millrace run --topology clicks-by-hour.ts`.
import {
  checked,
  defineStore,
  defineTopic,
  on,
  record,
  type Stage,
  timestamp,
} from 'millrace/engine';
import { clicks } from 'millrace/topics';

const hourMs = 3_600_000;

/** The latest record of a key is its count so far. With several partitions, add up those of an item. */
export const clicksByHour = defineTopic({
  name: 'clicks-by-hour',
  doc: 'Clicks of an item in an hour, so far.',
  schema: record('ClicksByHour', 'Clicks of an item in an hour, so far.', [
    { name: 'itemId', type: 'string' },
    { name: 'hour', type: timestamp },
    { name: 'clicks', type: 'int' },
  ]),
  key: 'itemId, hour',
  keyOf: ({ itemId, hour }) => `${itemId}, ${hour}`,
  timeOf: ({ hour }) => hour,
  compacted: true,
});

const counts = defineStore({ name: 'clicks-by-hour', changelog: clicksByHour });

const countClicks: Stage = {
  name: 'count-clicks',
  doc: 'Counts the clicks of each item by the hour.',
  steps: ['count-clicks'],
  inputs: [clicks],
  outputs: [],
  stores: [counts],
  commitEveryMs: 100,
  flushOn: [],
  tables: [],
  create: () => ({
    handlers: [
      on(clicks, ({ itemId, at }, context) => {
        const hour = at - (at % hourMs);
        const store = context.store(counts);
        const key = `${itemId}, ${hour}`;
        store.put(key, { itemId, hour, clicks: (store.get(key)?.clicks ?? 0) + 1 });
      }),
    ],
  }),
};

export default checked({ stages: [countClicks], enrichers: [] });
