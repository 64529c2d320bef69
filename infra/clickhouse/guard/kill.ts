// KILL QUERY, for queries that were asked over this endpoint. The engine never sees it.
import { refuse } from './refuse.ts';
import { textOf, tokenize } from './tokens.ts';

export interface Kill {
  /** The queries to end. */
  ids: string[];
  /** TEST: says what would be ended, and ends nothing. */
  test: boolean;
  /** Format of the answer; absent if none is named. */
  format?: string;
}

/**
 * Reads `KILL QUERY WHERE query_id = '…'` or `query_id IN ('…', …)`, then SYNC, ASYNC or TEST, then
 * FORMAT.
 * @returns undefined for another statement
 * @throws refusal 164 for a KILL of another form
 */
export function killOf(text: string): Kill | undefined {
  if (!/^\s*(?:\/\*|--|kill\b)/i.test(text)) return undefined;
  const tokens = tokenize(text).tokens.filter(({ value }) => value !== ';');
  const word = (at: number) =>
    tokens[at]?.kind === 'name' || tokens[at]?.kind === 'symbol'
      ? tokens[at].value.toLowerCase()
      : '';
  if (word(0) !== 'kill') return undefined;
  const other = () =>
    refuse('READONLY', "KILL is answered here as KILL QUERY WHERE query_id = '<id of your query>'");
  if (word(1) !== 'query' || word(2) !== 'where' || word(3) !== 'query_id') other();
  let at = 4;
  const ids: string[] = [];
  const id = () => {
    const token = tokens[at++];
    if (token?.kind !== 'string') return other();
    ids.push(textOf(token));
  };
  if (word(at) === '=') {
    at += 1;
    id();
  } else if (word(at) === 'in' && word(at + 1) === '(') {
    at += 2;
    id();
    for (; word(at) === ','; id()) at += 1;
    if (word(at++) !== ')') other();
  } else other();
  const test = word(at) === 'test';
  if (['sync', 'async', 'test'].includes(word(at))) at += 1;
  const format = word(at) === 'format' ? tokens[at + 1]?.value : undefined;
  if (at + (format === undefined ? 0 : 2) !== tokens.length) other();
  return { ids, test, ...(format === undefined ? {} : { format }) };
}
