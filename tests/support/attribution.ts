// The main topology with short windows, for tests of attribution.
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { type MemoryOptions, MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { openStore } from '../../streams/serve/attribute.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import { impressionOf } from './events.ts';

/** Attribution window, ms. */
export const window = 1_000;

export function attribution(options?: MemoryOptions, servedWindowMs = window): MemoryRuntime {
  const serve = { ...serveDefaults, attributionWindowMs: window, servedWindowMs };
  return new MemoryRuntime(mainTopology({ serve }), options);
}

/** An empty slate moves the time on. */
export const tick = (at: number) => impressionOf(`tick-${at}`, 'clock', at, []);

/** Codes of the dead letters so far. */
export const codes = (run: MemoryRuntime) => run.events(deadLetters).map(({ code }) => code);

/** Slates that wait, and grace markers of closed ones. */
export const held = (run: MemoryRuntime) => run.task('serve').stateOf(openStore).size;
