// Pushes the state to the hub: about once a second, only when it says something new.
import type { Hub } from './hub.ts';
import { contentOf, type DashboardState } from './state.ts';

export interface EventsOptions {
  state: () => Promise<DashboardState>;
  hub: Hub;
  /** Time between two looks at the state, ms. */
  everyMs: number;
  /** Longest time between two pushes, ms. */
  heartbeatMs: number;
}

/** Starts pushing. The state is not read while nobody listens. @returns a function that stops it */
export function startEvents(options: EventsOptions): () => void {
  const { state, hub, everyMs, heartbeatMs } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let shown = '';
  let spoke = performance.now();

  function say(event: string, data: string): void {
    spoke = performance.now();
    hub.broadcast(event, data);
  }

  async function look(): Promise<void> {
    try {
      const now = await state();
      const content = contentOf(now);
      if (content !== shown) say('state', JSON.stringify(now));
      shown = content;
    } catch (error) {
      const trouble = JSON.stringify({ error: String(error) });
      if (trouble !== shown) say('trouble', trouble);
      shown = trouble;
    }
  }

  async function tick(): Promise<void> {
    if (hub.size > 0) {
      await look();
      if (performance.now() - spoke >= heartbeatMs) say('heartbeat', String(Date.now()));
    }
    schedule();
  }

  function schedule(): void {
    if (!stopped) timer = setTimeout(tick, everyMs).unref();
  }

  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
