// Reads the text format of Prometheus as its specification has it, and refuses what is not in it:
// https://prometheus.io/docs/instrumenting/exposition_formats/

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: { name: string; labels: Record<string, string>; value: number }[];
}

const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)(?: (-?\d+))?$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
const suffixes: Readonly<Record<string, RegExp>> = {
  histogram: /^(_bucket|_sum|_count)$/,
  summary: /^(_sum|_count|)$/,
  counter: /^$/,
  gauge: /^$/,
};

/** Families by name. @throws Error at the first line that is not in the format */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, Family>();
  const helps = new Map<string, string>();
  let open: [name: string, family: Family] | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === 'HELP') helps.set(name, rest);
    else if (word === 'TYPE') {
      if (!(rest in suffixes) || families.has(name)) throw new Error(`Type: ${line}`);
      open = [name, { type: rest, help: helps.get(name) ?? '', samples: [] }];
      families.set(...open);
    } else {
      const [, full = '', labels = '', value = ''] = sample.exec(line) ?? [];
      if (!open || !full.startsWith(open[0])) throw new Error(`Outside a family: ${line}`);
      if (!suffixes[open[1].type]!.test(full.slice(open[0].length))) throw new Error(line);
      open[1].samples.push({ name: full, labels: labelsOf(labels, line), value: numberOf(value) });
    }
  }
  return families;
}

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  let read = 0;
  for (let match = label.exec(text); match; match = label.exec(text)) {
    if (match[1]! in labels) throw new Error(`A label twice: ${line}`);
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
    read = label.lastIndex;
  }
  if (read !== text.length) throw new Error(`Labels: ${line}`);
  return labels;
}

function numberOf(text: string): number {
  const special: Record<string, number> = { '+Inf': Infinity, '-Inf': -Infinity, Nan: NaN };
  const value = special[text] ?? (text === 'NaN' ? Number.NaN : Number(text));
  if (text === '' || (Number.isNaN(value) && !/^nan$/i.test(text)))
    throw new Error(`No number: ${text}`);
  return value;
}
