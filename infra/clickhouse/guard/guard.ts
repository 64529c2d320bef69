// Looks at a query from outside before the engine does: closes what `readonly = 1` leaves open.
import { beginsSettings, namesColumn } from './aliases.ts';
import { type Rewritten, rewriteCatalogue, type Views } from './catalogue.ts';
import * as names from './names.ts';
import { refuse, refuseSyntax } from './refuse.ts';
import { type Token, tokenize } from './tokens.ts';

export interface Allowed extends Rewritten {
  /**
   * What to run: one statement, comments blanked out, no final semicolon, definitions of tables left out.
   */
  query: string;
  /** Format named by the FORMAT clause; absent if there is none. */
  format?: string;
}

export interface Guard {
  /** Every table function that this engine has, in lower case. */
  tableFunctions: ReadonlySet<string>;
  /** What is read in the place of tables of `system`. */
  views: Views;
}

/** @throws MillraceError `sql-refused`, worded as ClickHouse would */
export function allow(
  guard: Guard,
  text: string,
  params: Readonly<Record<string, string>> = {},
): Allowed {
  const { tokens: all, query: blanked } = tokenize(text);
  let query = blanked.trimEnd();
  const tokens = [...all];
  while (tokens.at(-1)?.value === ';' && tokens.at(-1)?.kind === 'symbol') {
    tokens.pop();
    query = query.slice(0, -1).trimEnd();
  }
  const second = tokens.findIndex((token) => token.kind === 'symbol' && token.value === ';');
  if (second >= 0) refuseSyntax(text, tokens[second]!.at, ';', 'Multi-statements are not allowed');
  const statement = checkStatement(text, tokens);
  const named = tokens.map((token) => substituted(token, params));
  for (let at = 0; at < named.length; at += 1) checkName(guard, named, at);
  const format = formatOf(tokens);
  // SHOW and EXISTS take a name where a view may not stand; they show no definition of ours.
  const read = !['show', 'exists'].includes(statement);
  return {
    ...rewriteCatalogue(query, read ? tokens : [], guard.views),
    ...(format ? { format } : {}),
  };
}

/** @returns the first word, in lower case */
function checkStatement(text: string, tokens: Token[]): string {
  const start = tokens.findIndex((token) => token.value !== '(' || token.kind !== 'symbol');
  const first = tokens[start]?.value.toLowerCase() ?? '';
  if (tokens.length === 0) refuse('SYNTAX_ERROR', 'Syntax error: Empty query');
  if (tokens[start]?.kind !== 'name' || tokens[start].quoted || !names.statements.has(first)) {
    if (!names.otherStatements.has(first))
      refuseSyntax(text, tokens[start]?.at ?? text.length, tokens[start]?.value ?? '', expected);
    refuse('READONLY', 'Only SELECT, SHOW, DESCRIBE, EXPLAIN and EXISTS are answered here');
  }
  if (first === 'show' && !names.shown.has(tokens[start + 1]?.value.toLowerCase() ?? ''))
    refuse('READONLY', 'SHOW is answered here for tables, columns, databases and functions');
  return first;
}

const expected = 'Expected one of: SELECT, WITH, SHOW, DESCRIBE, EXPLAIN, EXISTS, KILL QUERY';

/** A parameter of type Identifier is a name like any other, and is judged as one. */
function substituted(token: Token, params: Readonly<Record<string, string>>): Token {
  if (token.kind !== 'parameter' || token.type?.toLowerCase() !== 'identifier') return token;
  const value = params[token.value] ?? '';
  // The catalogue is shown in part only, and that part is chosen in the text.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(value) || value.toLowerCase() === 'system')
    refuse('READONLY', `Parameter ${token.value} is not a plain identifier`);
  return { ...token, kind: 'name', value, quoted: true };
}

function checkName(guard: Guard, tokens: Token[], at: number): void {
  const token = tokens[at];
  if (token?.kind !== 'name') return;
  const name = token.value.toLowerCase();
  const next = tokens[at + 1];
  if (names.keywords.has(name) || (names.refused.test(name) && !namesColumn(tokens, at)))
    refuse('READONLY', `${token.value} is not available here`);
  if (is(next, '(') && guard.tableFunctions.has(name) && !names.tableFunctions.has(name))
    refuse('READONLY', `Table function ${token.value} is not available here`);
  // The engine refuses a SETTINGS clause of the query, but one of a subquery passes, `readonly = 0`
  // too, and then nothing is refused in it.
  if (!token.quoted && name === 'settings' && beginsSettings(tokens, at))
    refuse('READONLY', 'Cannot modify settings in a query: give them beside it, in the address');
  if (!is(next, '.')) return;
  // The database `default` of chDB shows the files of the working directory as tables.
  if (name === 'default' && tokens[at + 2]?.kind === 'name')
    refuse('READONLY', 'Database default is not for reading');
  const table = tokens[at + 2]?.value.toLowerCase() ?? '';
  const chosen = tokens[at + 2]?.type !== undefined && table in guard.views;
  if (name === 'system' && (chosen || !names.systemTables.has(table)))
    refuse('READONLY', `system.${table} is not for reading; see information_schema`);
}

const is = (token: Token | undefined, symbol: string) =>
  token?.kind === 'symbol' && token.value === symbol;

/** FORMAT is the last clause of a query; elsewhere the word is a name. */
function formatOf(tokens: Token[]): string | undefined {
  const [word, format] = tokens.slice(-2);
  if (word?.kind !== 'name' || word.quoted || word.value.toLowerCase() !== 'format')
    return undefined;
  return format?.kind === 'name' ? format.value : undefined;
}
