// Splits one CSV row (RFC 4180). Row by row, so that a slip of the quotes cannot swallow what follows.

/**
 * The fields of a row.
 * @param separator one character
 * @returns `open` if a quoted field does not end, `malformed` if text follows its closing quote; a
 * quote inside an unquoted field is an ordinary character
 */
export function splitRow(text: string, separator = ','): string[] | 'open' | 'malformed' {
  if (!text.includes('"')) return text.split(separator);
  const fields: string[] = [];
  for (let at = 0; ; at += 1) {
    if (text[at] !== '"') {
      const comma = text.indexOf(separator, at);
      fields.push(text.slice(at, comma < 0 ? text.length : comma));
      if (comma < 0) return fields;
      at = comma;
      continue;
    }
    let field = '';
    for (;;) {
      const quote = text.indexOf('"', at + 1);
      if (quote < 0) return 'open';
      field += text.slice(at + 1, quote);
      at = quote + 1;
      if (text[at] !== '"') break;
      field += '"';
    }
    fields.push(field);
    if (at === text.length) return fields;
    if (text[at] !== separator) return 'malformed';
  }
}
