// Keeps the dashboard's state fresh at a bounded cost while somebody looks at it.
import type { OutcomeSource } from '../../models/outcomes.ts';
import type { LiveCounters } from './live.ts';
import {
  collectPanel,
  type DashboardState,
  emptyPanels,
  type PanelName,
  panelNames,
  type Query,
} from './state.ts';

export interface SourceOptions {
  query: Query;
  live: () => LiveCounters;
  /** Whose answers the page shows. @default 'logged' */
  outcomes?: OutcomeSource;
  /** Shortest time between two readings of a view, ms. @default 1000 */
  everyMs?: number;
  /** Largest share of the time spent reading views, 0 to 1. @default 0.2 */
  share?: number;
  /** Gives the time, ms. @default performance.now */
  now?: () => number;
}

/** Time without an ask after which the last panels are too old to be shown, ms. */
const restMs = 30_000;

/**
 * Groups of views that one table of the page shows side by side: each is read at one go, or its
 * rows would disagree.
 */
const together: PanelName[][] = [
  ['ctr', 'reward', 'snips', 'exposure', 'latency', 'tiers'],
  ['auc', 'logloss', 'ranking'],
  ['popularity', 'serendipity', 'mitigation', 'unfairness', 'turns', 'convergence'],
];

/** Groups that are read first, since they change from the first second on. */
const early: PanelName[][] = [['topics'], ['accounting'], ['throughput']];

const ordered = [...early, ...together];
const groups: PanelName[][] = [
  ...ordered,
  ...panelNames.filter((name) => !ordered.flat().includes(name)).map((name) => [name]),
];

/**
 * A state function for `serveDashboard`: counters are as of the call, panels as last read.
 * A call starts reading the views that are due and waits only when what there is would be old: at
 * the very first, and after nobody has asked for a while.
 *
 * Views differ in cost, from a millisecond to a second. Group i, which takes t_i, is read every
 * p_i = sqrt(t_i) · Σ_j sqrt(t_j) / share. That spends Σ t_i / p_i = share of the time, and by the
 * method of Lagrange no other periods give a smaller sum of ages at the same cost.
 */
export function dashboardSource(options: SourceOptions): () => Promise<DashboardState> {
  const {
    query,
    live,
    outcomes = 'logged',
    everyMs = 1000,
    share = 0.2,
    now = () => performance.now(),
  } = options;
  const panels = emptyPanels();
  const took = new Map<PanelName[], number>();
  const readAt = new Map<PanelName[], number>();
  let round: Promise<void> | undefined;
  let asked = Number.NEGATIVE_INFINITY;
  let awaited: Promise<void> | undefined;

  function isDue(group: PanelName[], at: number): boolean {
    const last = readAt.get(group);
    if (last === undefined) return true;
    const roots = [...took.values()].reduce((sum, ms) => sum + Math.sqrt(ms), 0);
    const period = (Math.sqrt(took.get(group) ?? 0) * roots) / share;
    return at - last >= Math.max(everyMs, period);
  }

  async function read(due: PanelName[][]): Promise<void> {
    for (const group of due) {
      const begun = now();
      const fresh: Partial<DashboardState['panels']> = {};
      for (const name of group) {
        Object.assign(fresh, { [name]: await collectPanel(query, name, outcomes) });
      }
      Object.assign(panels, fresh);
      readAt.set(group, begun);
      took.set(group, now() - begun);
    }
    round = undefined;
  }

  return async () => {
    if (round === undefined) {
      const due = groups.filter((group) => isDue(group, now()));
      if (due.length > 0) round = read(due);
    }
    if (now() - asked > restMs) awaited = round;
    asked = now();
    await awaited;
    return { live: live(), panels: { ...panels } };
  };
}
