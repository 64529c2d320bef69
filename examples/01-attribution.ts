// Attribution in event time: clicks join the slate they answer, whatever the order in which they
// arrive; a window that closes without a click is an example with reward 0; a late click is told.
import { clicks } from '../schemas/topics/clicks.ts';
import { deadLetters } from '../schemas/topics/dead-letters.ts';
import { examples } from '../schemas/topics/examples.ts';
import { impressions } from '../schemas/topics/impressions.ts';
import { MemoryRuntime } from '../streams/engine/memory-runtime.ts';
import { serveDefaults } from '../streams/serve/stage.ts';
import { mainTopology } from '../streams/topology.ts';
import { clicked, shown } from './support/events.ts';

const minute = 60_000;

export function run(say: (line: string) => void = console.log) {
  const serve = { ...serveDefaults, attributionWindowMs: 30 * minute };
  const runtime = new MemoryRuntime(mainTopology({ serve }));

  const morning = shown('morning', 'ada', 0, ['film-1', 'film-2']);
  const noon = shown('noon', 'ada', 10 * minute, ['film-3']);
  // The click arrives before the slates; its own time is what counts.
  runtime.send(clicks, clicked(morning, 'film-2', 4 * minute));
  runtime.send(clicks, clicked(noon, 'film-3', 40 * minute));
  runtime.send(impressions, morning);
  runtime.send(impressions, noon);
  // Nothing happens by itself: an empty slate of somebody moves the time past both windows.
  runtime.send(impressions, shown('later', 'clock', 60 * minute, []));
  runtime.drain();

  const joined = runtime.events(examples);
  for (const { impressionId, closedAt, items, state } of joined) {
    const rewards = items.map(({ itemId, reward }) => `${itemId}: ${reward}`).join(', ');
    say(
      `${impressionId}: closed after minute ${closedAt / minute}, rewards ${rewards}; ` +
        `the user had clicked ${state.positives} before`,
    );
  }
  const dead = runtime.events(deadLetters);
  for (const { code, reason } of dead) say(`dead letter ${code}: ${reason}`);
  return { joined, dead };
}

if (import.meta.main) run();
