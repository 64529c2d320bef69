// Runs of one command with several seeds, as one table: means over the seeds, and how far they are apart.
import type { EvaluationRow } from '../../models/evaluation/evaluation.ts';
import { mean, standardError } from '../../models/moments.ts';
import type { KeptRun } from './kept.ts';

export interface SummaryRow extends Pick<EvaluationRow, 'model' | 'metric' | 'span'> {
  /** Mean over the seeds; NaN where a seed has no number. */
  readonly value: number;
  /** Mean over the seeds of the standard error over what was scored. @default unknown */
  readonly standardError?: number;
  /** Standard error of the mean over the seeds, s / √seeds. @default one seed */
  readonly seedError?: number;
}

export interface Summary {
  readonly command: string;
  /** Each n there is; more than one where it depends on the seed. */
  readonly n: readonly number[];
  readonly seeds: readonly number[];
  /** The days on which it was run, the first and the last. */
  readonly dates: readonly string[];
  readonly versions: readonly string[];
  readonly rows: readonly SummaryRow[];
}

/** One summary a command, in the order in which they are first met. */
export function summaries(runs: readonly KeptRun[]): Summary[] {
  return [...Map.groupBy(runs, ({ command }) => command)].map(([command, own]) => {
    const dates = different(own.map(({ date }) => date)).sort();
    return {
      command,
      n: different(own.map(({ n }) => n)),
      seeds: own.map(({ seed }) => seed),
      dates: dates.length > 1 ? [dates[0]!, dates.at(-1)!] : dates,
      versions: different(own.map(({ version }) => version)),
      rows: rowsOf(own),
    };
  });
}

const different = <T>(values: readonly T[]): T[] => [...new Set(values)];

function rowsOf(runs: readonly KeptRun[]): SummaryRow[] {
  const all = runs.flatMap(({ rows }) => rows);
  const groups = Map.groupBy(all, (row) => JSON.stringify([row.model, row.metric, row.span]));
  return [...groups.values()].map((own) => {
    const { model, metric, span } = own[0]!;
    const values = own.map(({ value }) => value ?? Number.NaN);
    const errors = own.map((row) => row.standardError ?? Number.NaN);
    const error = mean(errors);
    return {
      ...{ model, metric, span, value: mean(values) },
      ...(Number.isFinite(error) && { standardError: error }),
      ...(values.length > 1 && { seedError: standardError(values) }),
    };
  });
}
