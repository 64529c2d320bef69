// Looks at a query from outside before the engine does: closes what `readonly = 1` leaves open.
import * as names from './names.ts';
import { refuse } from './refuse.ts';
import { type Token, tokenize } from './tokens.ts';

export interface Allowed {
  /** What to run: one statement, comments blanked out, no final semicolon. */
  query: string;
  /** Format named by the FORMAT clause; absent if there is none. */
  format?: string;
}

export interface Guard {
  /** Every table function that this engine has, in lower case. */
  tableFunctions: ReadonlySet<string>;
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
  if (tokens.some((token) => token.kind === 'symbol' && token.value === ';'))
    refuse('SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed)');
  checkStatement(tokens);
  const named = tokens.map((token) => substituted(token, params));
  for (let at = 0; at < named.length; at += 1) checkName(guard, named, at);
  const format = formatOf(tokens);
  return { query, ...(format ? { format } : {}) };
}

function checkStatement(tokens: Token[]): void {
  const start = tokens.findIndex((token) => token.value !== '(' || token.kind !== 'symbol');
  const first = tokens[start]?.value.toLowerCase() ?? '';
  if (tokens.length === 0) refuse('SYNTAX_ERROR', 'Syntax error: Empty query');
  if (tokens[start]?.kind !== 'name' || tokens[start].quoted || !names.statements.has(first))
    refuse('READONLY', 'Only SELECT, SHOW, DESCRIBE, EXPLAIN and EXISTS are answered here');
  if (first === 'show' && !names.shown.has(tokens[start + 1]?.value.toLowerCase() ?? ''))
    refuse('READONLY', 'SHOW is answered here for tables, columns, databases and functions');
}

/** A parameter of type Identifier is a name like any other, and is judged as one. */
function substituted(token: Token, params: Readonly<Record<string, string>>): Token {
  if (token.kind !== 'parameter' || token.type?.toLowerCase() !== 'identifier') return token;
  const value = params[token.value] ?? '';
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(value))
    refuse('READONLY', `Parameter ${token.value} is not a plain identifier`);
  return { kind: 'name', value, quoted: true };
}

function checkName(guard: Guard, tokens: Token[], at: number): void {
  const token = tokens[at];
  if (token?.kind !== 'name') return;
  const name = token.value.toLowerCase();
  const next = tokens[at + 1];
  if (names.refused.test(name)) refuse('READONLY', `${token.value} is not available here`);
  if (is(next, '(') && guard.tableFunctions.has(name) && !names.tableFunctions.has(name))
    refuse('READONLY', `Table function ${token.value} is not available here`);
  // The engine refuses a SETTINGS clause of the query, but one of a subquery passes, `readonly = 0`
  // too, and then nothing is refused in it. Only the table system.settings may have the word.
  const ofSystem = is(tokens[at - 1], '.') && tokens[at - 2]?.value.toLowerCase() === 'system';
  if (!token.quoted && name === 'settings' && !(ofSystem && tokens[at - 2]?.kind === 'name'))
    refuse('READONLY', 'Cannot modify settings in readonly mode');
  if (!is(next, '.')) return;
  // The database `default` of chDB shows the files of the working directory as tables.
  if (name === 'default' && tokens[at + 2]?.kind === 'name')
    refuse('READONLY', 'Database default is not for reading');
  const table = tokens[at + 2]?.value.toLowerCase() ?? '';
  if (name === 'system' && !names.systemTables.has(table))
    refuse('READONLY', `system.${table} is not for reading; see information_schema`);
}

const is = (token: Token | undefined, symbol: string) =>
  token?.kind === 'symbol' && token.value === symbol;

function formatOf(tokens: Token[]): string | undefined {
  const at = tokens.findLastIndex(
    (token, index) =>
      token.kind === 'name' &&
      !token.quoted &&
      token.value.toLowerCase() === 'format' &&
      tokens[index + 1]?.kind === 'name',
  );
  return at < 0 ? undefined : tokens[at + 1]?.value;
}
