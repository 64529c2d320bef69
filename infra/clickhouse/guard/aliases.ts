// Tells a column or alias from a function or clause of the same name, where the text alone decides.
import type { Token } from './tokens.ts';

const isSymbol = (token: Token | undefined, symbols: string) =>
  token?.kind === 'symbol' && symbols.includes(token.value);
const isWord = (token: Token | undefined, word: string) =>
  token?.kind === 'name' && !token.quoted && token.value.toLowerCase() === word;

/**
 * Whether the name at `at` can only be a column or an alias, and never a function: given by AS, after a
 * dot, or used where the query gives the alias. Alone among the arguments of a call, or after APPLY, a
 * name may be taken for a function.
 */
export function namesColumn(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  const next = tokens[at + 1];
  if (isSymbol(next, '(')) return false;
  if (isWord(before, 'as') || isSymbol(before, '.')) return true;
  const name = tokens[at]!.value.toLowerCase();
  const given = tokens.some(
    (token, index) =>
      isWord(tokens[index - 1], 'as') &&
      token.kind === 'name' &&
      token.value.toLowerCase() === name,
  );
  if (!given || isWord(before, 'apply') || isWord(next, 'as')) return false;
  return !inCall(tokens, at) || isSymbol(before, operators) || isSymbol(next, operators);
}

const operators = '=<>!+-/%|';

/** Whether the innermost bracket around a token is one of a call, a tuple or an array. */
function inCall(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    if (isSymbol(tokens[index], ')]}')) depth += 1;
    else if (isSymbol(tokens[index], '([{') && depth-- === 0) {
      const first = tokens[index + 1];
      return !isWord(first, 'select') && !isWord(first, 'with');
    }
  }
  return false;
}

/** Words that may follow a column, and that name no setting or take no value where they stand. */
const followers = new Set(
  `and as asc between cross desc div else end except format from full global group having ilike in inner
  intersect is join left like limit mod not offset on or order prewhere right then union using when
  where`.split(/\s+/),
);

/**
 * Whether the word SETTINGS at `at` begins a clause: a name follows it that can be a setting's. Nothing
 * that may follow a column of this name can be read as `name = value`.
 */
export function beginsSettings(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  if (next === undefined || next.kind === 'symbol') return false;
  if (next.kind !== 'name' || next.quoted || !followers.has(next.value.toLowerCase())) return true;
  return isSymbol(tokens[at + 2], '=,.');
}
