// A stage of your own beside the main ones: it reads the examples, keeps an hour's counts, and
// writes how much of what was shown the three most shown items took (ORRatio) to the topic `audit`.

import { audit } from '../schemas/topics/audit.ts';
import { examples } from '../schemas/topics/examples.ts';
import { impressions } from '../schemas/topics/impressions.ts';
import { MemoryRuntime } from '../streams/engine/memory-runtime.ts';
import { on, type Stage, type StageLogic } from '../streams/engine/stage.ts';
import { checked } from '../streams/engine/topology.ts';
import { serveDefaults } from '../streams/serve/stage.ts';
import { mainTopology } from '../streams/topology.ts';
import { shown } from './support/events.ts';

const minute = 60_000;
const hour = 60 * minute;

export const concentration: Stage = {
  name: 'concentration',
  doc: 'Measures, by the hour, the share of what was shown that three items took.',
  steps: ['concentration'],
  inputs: [examples],
  outputs: [audit],
  // An hour's counts may be lost in a restart. What may not be goes into a store: a name and a
  // compacted topic of its own in schemas/, for its changelog (see streams/serve/attribute.ts).
  stores: [],
  commitEveryMs: 200,
  flushOn: [],
  tables: [],
  create: hourly,
};

/** No clock and no chance: time is what the events say, so a replay gives the same findings. */
function hourly(): StageLogic {
  let counts = new Map<string, number>();
  let begun = Number.NEGATIVE_INFINITY;
  return {
    handlers: [
      on(examples, ({ items, closedAt }, context) => {
        const current = Math.floor(closedAt / hour) * hour;
        if (current > begun && counts.size > 0) {
          const shares = [...counts.values()].sort((a, b) => b - a);
          const count = shares.reduce((sum, n) => sum + n, 0);
          const value = shares.slice(0, 3).reduce((sum, n) => sum + n, 0) / count;
          const at = begun + hour;
          context.emit(audit, {
            at,
            kind: 'bias',
            component: 'exposure',
            name: 'or-ratio',
            value,
            count,
          });
          counts = new Map();
        }
        begun = Math.max(begun, current);
        for (const { itemId } of items) counts.set(itemId, (counts.get(itemId) ?? 0) + 1);
      }),
    ],
  };
}

export function run(say: (line: string) => void = console.log) {
  const main = mainTopology({ serve: { ...serveDefaults, attributionWindowMs: 5 * minute } });
  // `checked` refuses a topology that does not hold together, such as inputs that cannot be joined.
  const topology = checked({ ...main, stages: [...main.stages, concentration] });
  const runtime = new MemoryRuntime(topology);
  const slates = [
    ['a', 'b', 'c', 'd'],
    ['a', 'b', 'e', 'f'],
    ['a', 'c', 'g', 'h'],
  ];
  for (const [i, itemIds] of slates.entries())
    runtime.send(impressions, shown(`s${i}`, `user-${i}`, i * minute, itemIds));
  // The hour is over once an example of a later one comes.
  runtime.send(impressions, shown('next', 'user-0', 2 * hour, ['a']));
  runtime.send(impressions, shown('later', 'clock', 3 * hour, []));
  runtime.drain();
  const findings = runtime.events(audit);
  for (const { name, value, count } of findings)
    say(`${name}: three items took ${(100 * value).toFixed(0)} % of ${count} places`);
  return findings;
}

if (import.meta.main) run();
