// What a client may see of the catalogue: our database alone, and no definitions of its tables.
import type { Token } from './tokens.ts';

/** Tables of `system` that tell of databases, with the column that names one. */
const databaseColumns: Readonly<Record<string, string>> = {
  columns: 'database',
  data_skipping_indices: 'database',
  databases: 'name',
  parts: 'database',
  projections: 'database',
  tables: 'database',
};

/**
 * Value of the setting `additional_table_filters` by which the engine shows one database, wherever it
 * reads its catalogue: SHOW and information_schema read the same tables.
 */
export function catalogueFilters(database: string): string {
  const filters = Object.entries(databaseColumns).map(
    ([table, column]) => `'system.${table}': '${column} = \\'${database}\\''`,
  );
  return `{${filters.join(', ')}}`;
}

/**
 * system.tables without its definitions, which can hold addresses and passwords of other servers, and
 * without paths. `engine_full` stays for engines that have no such arguments: reflection reads it.
 */
const tablesView =
  'view(select * except (create_table_query, as_select, data_paths, metadata_path, engine_full), ' +
  "if(engine like '%MergeTree', engine_full, engine) as engine_full from system.tables)";

/** What is read in the place of a table of `system`. */
export type Views = Readonly<Record<string, string>>;

/** @param open settings that a request may bring: the others are told to be read-only */
export function catalogueViews(open: readonly string[]): Views {
  const names = open.map((name) => `'${name}'`).join(', ');
  const settings = `view(select * replace (toUInt8(name not in (${names})) as readonly) from system.settings)`;
  return { tables: tablesView, settings };
}

/** Words that cannot be an alias without AS; as ParserAlias of ClickHouse has them. */
const notAliases = new Set(
  `all anti any array asc asof between by cross desc except fetch final format from full global group
  having ilike inner intersect into is join left like limit natural not offset on only or order and
  outer prewhere qualify right sample semi settings union using where window with paste`.split(
    /\s+/,
  ),
);

export interface Rewritten {
  query: string;
  /** Words of the engine about the rewritten query, with the places of the one that was asked. */
  places(message: string): string;
}

/** Puts the views where their tables are read. @param tokens of the query, which has no comments */
export function rewriteCatalogue(query: string, tokens: readonly Token[], views: Views): Rewritten {
  const places = tokens.flatMap((token, at) => {
    const [dot, table, next] = tokens.slice(at + 1, at + 4);
    if (token.value !== 'system' || token.kind !== 'name' || tokens[at - 1]?.value === '.')
      return [];
    const view = dot?.value === '.' && table?.kind === 'name' ? views[table.value] : undefined;
    if (view === undefined || !table) return [];
    const isQualifier = next?.kind === 'symbol' && next.value === '.';
    const given = isQualifier ? undefined : aliasOf(next, tokens[at + 4]);
    const alias = given && query.slice(given.at, given.end);
    return [{ from: token.at, to: table.end, table: table.value, view, isQualifier, alias }];
  });
  const changes = places.map(({ from, to, table, view, isQualifier, alias }) => {
    if (!isQualifier) return { from, to, text: alias ? view : `${view} as ${table}` };
    // The columns of a table that has an alias may be named by the table as well.
    const reads = places.filter((other) => other.table === table && !other.isQualifier);
    const meant = reads.findLast((read) => read.from < from) ?? reads[0];
    return { from, to, text: meant?.alias ?? table };
  });
  let rewritten = query;
  for (const { from, to, text } of changes.toReversed())
    rewritten = rewritten.slice(0, from) + text + rewritten.slice(to);
  return { query: rewritten, places: (message) => placesBack(message, query, changes) };
}

/** The alias that follows a table; undefined if none does. */
function aliasOf(next: Token | undefined, afterNext: Token | undefined): Token | undefined {
  if (next?.kind !== 'name') return undefined;
  if (!next.quoted && next.value.toLowerCase() === 'as') return afterNext;
  return !next.quoted && notAliases.has(next.value.toLowerCase()) ? undefined : next;
}

type Change = { from: number; to: number; text: string };

function placesBack(message: string, query: string, changes: readonly Change[]): string {
  if (changes.length === 0) return message;
  return message.replace(
    /position (\d+)( \([^()]*\))( \(line \d+, col \d+\))?/,
    (_, place: string, word: string, line?: string) => {
      let at = Number(place) - 1;
      for (const { from, to, text } of changes)
        if (at >= from + text.length) at -= text.length - (to - from);
      const before = query.slice(0, at).split('\n');
      const again = ` (line ${before.length}, col ${(before.at(-1)?.length ?? 0) + 1})`;
      return `position ${at + 1}${word}${line === undefined ? '' : again}`;
    },
  );
}
