// Clicks by item and hour, each click counted once: `npx millrace run --topology clicks-by-hour.ts`.
import * as engine from 'millrace/engine';
import { clicks } from 'millrace/topics';

const hourMs = 3_600_000;

/** The latest record of a key is its count so far. With several partitions, add up those of an item. */
export const clicksByHour = engine.defineTopic({
  name: 'clicks-by-hour',
  doc: 'Clicks of an item in an hour, so far.',
  schema: engine.record('ClicksByHour', 'Clicks of an item in an hour, so far.', [
    { name: 'itemId', type: 'string' },
    { name: 'hour', type: engine.timestamp },
    { name: 'clicks', type: 'int' },
  ]),
  key: 'itemId, hour',
  keyOf: ({ itemId, hour }) => `${itemId}, ${hour}`,
  timeOf: ({ hour }) => hour,
  compacted: true,
});

const counts = engine.defineStore({ name: 'clicks-by-hour', changelog: clicksByHour });

const countClicks = engine.defineStage({
  name: 'count-clicks',
  doc: 'Counts the clicks of each item by the hour.',
  inputs: [clicks],
  stores: [counts],
  create: () => ({
    handlers: [
      engine.on(clicks, ({ itemId, at }, context) => {
        const hour = at - (at % hourMs);
        const store = context.store(counts);
        const before = store.get(`${itemId}, ${hour}`)?.clicks ?? 0;
        store.put(`${itemId}, ${hour}`, { itemId, hour, clicks: before + 1 });
      }),
    ],
  }),
});

export default engine.checked({ stages: [countClicks], enrichers: [] });
