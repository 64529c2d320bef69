// Literals of Python, in which Amazon's metadata of 2014 is written: a dict a line, with single quotes.

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', a: '\x07', v: '\v', '0': '\0' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
};
const NAMES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const TOKEN =
  /\s*(?:(?<mark>[{}[\](),:])|[uU]?(?<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>\w+))/y;

/**
 * The value of a literal: dicts become objects, lists and tuples arrays.
 * @throws SyntaxError for what is none
 */
export function parsePythonLiteral(text: string): unknown {
  const token = new RegExp(TOKEN);
  let groups: Partial<Record<string, string>> = {};
  const next = () => {
    const found = token.exec(text);
    if (!found) throw new SyntaxError('no literal of Python');
    groups = found.groups!;
  };
  const list = (end: string, entry: () => void) => {
    for (next(); groups.mark !== end; next()) {
      entry();
      next();
      if (groups.mark === end) return;
      if (groups.mark !== ',') throw new SyntaxError('no comma between entries');
    }
  };
  const value = (): unknown => {
    const { mark, text: quoted, number, name } = groups;
    if (quoted !== undefined) return unquoted(quoted);
    if (number !== undefined) return Number(number);
    if (name !== undefined && NAMES.has(name)) return NAMES.get(name);
    if (mark === '[' || mark === '(') {
      const entries: unknown[] = [];
      list(mark === '[' ? ']' : ')', () => entries.push(value()));
      return entries;
    }
    if (mark !== '{') throw new SyntaxError('no literal of Python');
    const entries: [string, unknown][] = [];
    list('}', () => {
      const key = String(value());
      next();
      if (groups.mark !== ':') throw new SyntaxError('no colon after a key');
      next();
      entries.push([key, value()]);
    });
    return Object.fromEntries(entries);
  };
  next();
  const whole = value();
  if (text.slice(token.lastIndex).trim() !== '') throw new SyntaxError('text after the literal');
  return whole;
}

function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replace(
      /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs,
      (all, x, u, U, one) => {
        const code = x ?? u ?? U;
        if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
        return ESCAPES[one as string] ?? all;
      },
    );
}
