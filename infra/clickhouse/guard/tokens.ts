// SQL text into tokens, strictly: whatever ClickHouse might read in another way than we do is refused.
import { refuse, refuseSyntax } from './refuse.ts';

export interface Token {
  /**
   * Kind of the token. `name`: bare or quoted identifier or keyword; `parameter`: `{name:Type}`.
   */
  kind: 'name' | 'string' | 'number' | 'parameter' | 'symbol';
  /** The identifier without its quotes, the parameter's name, or the text itself. */
  value: string;
  quoted: boolean;
  /** Where it begins in the text, and where the rest goes on. */
  at: number;
  end: number;
  /** Type of a parameter; absent for other tokens. */
  type?: string;
}

export interface Tokens {
  tokens: Token[];
  /** The query with its comments blanked out, so that the engine cannot read them in its own way. */
  query: string;
}

const patterns: [Token['kind'] | 'space' | 'comment', RegExp][] = [
  ['space', /[ \t\n\r\f\v]+/y],
  ['comment', /--[^\n]*/y],
  ['comment', /\/\*[\s\S]*?\*\//y],
  ['string', /'(?:[^'\\]|\\[\s\S]|'')*'/y],
  ['name', /"(?:[^"\\]|"")*"/y],
  ['name', /`(?:[^`\\]|``)*`/y],
  // A number must end where it ends: in `1e+5settings` a keyword could hide.
  [
    'number',
    /(?:0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z_])/y,
  ],
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['parameter', /\{\s*[A-Za-z_][A-Za-z0-9_]*\s*:[^{}']*\}/y],
  // No `$` (heredocs), `#` (comments), `\` (client commands), `@` (variables), nothing beyond ASCII
  // (typographic quotes are quotes to ClickHouse), no quoted identifier with an escape in it.
  ['symbol', /[-+*/%=<>!&|^?:.,;()[\]{}~]/y],
];

/** @throws the refusal, code 62, for text that could be read in two ways */
export function tokenize(text: string): Tokens {
  // The engine may take it for the end.
  if (text.includes('\0')) refuse('SYNTAX_ERROR', 'Syntax error: NUL in the query');
  const tokens: Token[] = [];
  let query = '';
  let at = 0;
  while (at < text.length) {
    const [kind, found] = matchAt(text, at);
    if (kind !== 'space' && kind !== 'comment') tokens.push(token(kind, found, at));
    at += found.length;
    query += kind === 'comment' ? found.replaceAll(/[^\n]/g, ' ') : found;
  }
  return { tokens, query };
}

function matchAt(text: string, at: number): [Token['kind'] | 'space' | 'comment', string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found) return [kind, found];
  }
  const word = text.slice(at, at + 1);
  return refuseSyntax(text, at, word, 'This endpoint takes plain SQL: no heredocs, #, \\ or @');
}

function token(kind: Token['kind'], text: string, at: number): Token {
  const place = { at, end: at + text.length };
  if (kind === 'parameter') {
    const [name = '', type = ''] = text.slice(1, -1).split(/:(.*)/s);
    return { kind, value: name.trim(), quoted: false, type: type.trim(), ...place };
  }
  const quoted = kind === 'name' && /^["`]/.test(text);
  return { kind, value: quoted ? text.slice(1, -1) : text, quoted, ...place };
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** What a string token says, without its quotes and escapes. */
export function textOf({ value }: Token): string {
  return value
    .slice(1, -1)
    .replaceAll(/\\([\s\S])|''/g, (all, escaped?: string) =>
      escaped === undefined ? all.slice(1) : (escapes[escaped] ?? escaped),
    );
}
