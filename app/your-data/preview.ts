// `millrace map`: rows before and after, and what would be refused. Nothing is written.
import { textOf } from '../../datasets/lines.ts';
import type { MappedEvent } from '../../datasets/mapping/mapped.ts';
import { mapperOf } from '../../datasets/mapping/mapper.ts';
import type { RowRefusal } from '../../datasets/mapping/refusal.ts';
import type { Source } from '../../datasets/mapping/shape.ts';
import type { SourceRow } from '../../datasets/mapping/source-rows.ts';
import { type Counts, Tally } from '../../datasets/mapping/tally.ts';
import type { BorderLimits } from '../../schemas/rules.ts';

/** A row with what becomes of it. */
export interface Shown {
  readonly source: string;
  readonly file: string;
  readonly line: number;
  readonly row: string;
  readonly events: readonly MappedEvent[];
  readonly refusal: RowRefusal | null;
}

export interface Preview {
  readonly shown: readonly Shown[];
  /** The first refused row of each source and code. */
  readonly refused: readonly Shown[];
  readonly counts: Counts;
  readonly bySource: Readonly<Record<string, Counts>>;
  readonly byCode: Readonly<Record<string, number>>;
}

export interface PreviewedRows {
  readonly source: Source;
  readonly file: string;
  readonly rows: AsyncIterable<SourceRow[]>;
}

/**
 * Maps rows.
 * @param each rows of each source that are shown
 * @param latest latest event time that is let in, ms
 */
export async function preview(
  files: Iterable<PreviewedRows>,
  { each, latest, limits }: { each: number; latest?: number; limits: BorderLimits },
): Promise<Preview> {
  const tally = new Tally();
  const shown: Shown[] = [];
  const refused = new Map<string, Shown>();
  for (const { source, file, rows } of files) {
    const mapper = mapperOf(source, { latest, limits });
    const counts = tally.of(source.name);
    for await (const batch of rows) {
      for (const { line, raw, row, reason } of batch) {
        const unreadable = { code: 'row-unreadable', what: reason, field: '' };
        const { events, refusal } = row ? mapper(row) : { events: [], refusal: unreadable };
        counts.read += 1;
        if (refusal) tally.refuse(source.name, refusal.code);
        else if (events.length === 0) counts.ignored += 1;
        else counts.mapped += 1;
        const one = { source: source.name, file, line, row: textOf(raw), events, refusal };
        const place = `${source.name} ${refusal?.code}`;
        if (refusal && !refused.has(place)) refused.set(place, one);
        else if (shown.filter((other) => other.source === source.name).length < each)
          shown.push(one);
      }
    }
  }
  return {
    shown,
    refused: [...refused.values()],
    counts: tally.all,
    bySource: Object.fromEntries(tally.sources),
    byCode: Object.fromEntries(tally.codes),
  };
}
