// Keeps the dashboard's state fresh at a bounded cost while somebody looks at it.
import type { LiveCounters } from './live.ts';
import { collectPanel, type DashboardState, emptyPanels, panelNames, type Query } from './state.ts';

export interface SourceOptions {
  query: Query;
  live: () => LiveCounters;
  /** Shortest time between two rounds over the views, ms. @default 1000 */
  everyMs?: number;
  /** Largest share of the time spent querying, 0 to 1. @default 0.2 */
  share?: number;
}

/**
 * A state function for `serveDashboard`: counters are as of the call, panels as of the last round.
 * A call starts a round when one is due and does not wait for it, except for the very first.
 * A round that took long delays the next, so that the queries stay below `share` of the time.
 */
export function dashboardSource(options: SourceOptions): () => Promise<DashboardState> {
  const { query, live, everyMs = 1000, share = 0.2 } = options;
  const panels = emptyPanels();
  let round: Promise<void> | undefined;
  let first: Promise<void> | undefined;
  let due = 0;

  async function collect(): Promise<void> {
    const started = performance.now();
    for (const name of panelNames) {
      Object.assign(panels, { [name]: await collectPanel(query, name) });
    }
    const took = performance.now() - started;
    due = performance.now() + Math.max(everyMs - took, took / share - took);
    round = undefined;
  }

  return async () => {
    if (round === undefined && performance.now() >= due) round = collect();
    first ??= round;
    await first;
    return { live: live(), panels: { ...panels } };
  };
}
