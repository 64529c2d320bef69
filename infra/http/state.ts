// The dashboard's state: the runtime's counters and one panel for each ClickHouse view.
import type { OutcomeSource } from '../../models/outcomes.ts';
import type { LiveCounters } from './live.ts';
import type { RowOf } from './view.ts';
import { sqlOf, views } from './views.ts';

export type PanelName = keyof typeof views;

/** A panel of the page. `rows` are the rows read last; they are empty if there is an error. */
export interface Panel<Row> {
  rows: Row[];
  /** Why the view could not be read; null when it could. */
  error: string | null;
  /** Time at which the view was read, epoch ms; 0 if it has not been read. */
  at: number;
}

export type Panels = { [K in PanelName]: Panel<RowOf<(typeof views)[K]>> };

export interface DashboardState {
  live: LiveCounters;
  panels: Panels;
}

/** Runs one SQL statement; rows as `JSONEachRow` gives them. */
export type Query = (sql: string) => Promise<Record<string, unknown>[]>;

export const panelNames = Object.keys(views) as PanelName[];

/** Panels before any view was read. */
export function emptyPanels(): Panels {
  const entries = panelNames.map((name) => [name, { rows: [], error: null, at: 0 }]);
  return Object.fromEntries(entries) as Panels;
}

/** First sentence of an error; ClickHouse appends its whole version and a stack. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split('\n', 1)[0]?.trim() ?? '';
  return line.length > 240 ? `${line.slice(0, 239)}…` : line || 'unknown error';
}

/** Reads one view; a failure becomes the panel's `error` and never reaches the other panels. */
export async function collectPanel<K extends PanelName>(
  query: Query,
  name: K,
  outcomes: OutcomeSource = 'logged',
): Promise<Panels[K]> {
  const { columns } = views[name];
  try {
    const rows = await query(sqlOf(views[name], outcomes));
    const read = (row: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(columns).map(([key, c]) => [key, c.read(row[key])]));
    return { rows: rows.map(read), error: null, at: Date.now() } as unknown as Panels[K];
  } catch (error) {
    return { rows: [], error: reasonOf(error), at: Date.now() } as unknown as Panels[K];
  }
}

/**
 * Reads every view, one after the other: the page may not take the cores the pipeline needs.
 * @param query against the database that has the views
 */
export async function collectState(query: Query, live: LiveCounters): Promise<DashboardState> {
  const panels = emptyPanels();
  for (const name of panelNames) {
    Object.assign(panels, { [name]: await collectPanel(query, name) });
  }
  return { live, panels };
}

/** Text of everything a reader sees, without the times of reading; equal texts need no push. */
export function contentOf(state: DashboardState): string {
  return JSON.stringify(state, function (key, value) {
    return key === 'at' && 'rows' in this ? undefined : value;
  });
}
