// The tables of docs/configuration.md, made from the schema.
import type { Leaf } from './leaves.ts';
import { leaves } from './read.ts';

const BEGIN = /<!-- settings: (\S+) -->\n/;
const END = '<!-- end of settings -->';

/** A page with its tables made anew, each between the two marks of its section. */
export function withTables(page: string): string {
  const [head = '', ...parts] = page.split(BEGIN);
  const made = new Set<Leaf>();
  const text = [head];
  for (let i = 0; i < parts.length; i += 2) {
    const rows = sectionOf(parts[i]!);
    for (const leaf of rows) made.add(leaf);
    const [, after = ''] = parts[i + 1]!.split(END);
    text.push(`<!-- settings: ${parts[i]} -->\n${table(rows)}\n${END}${after}`);
  }
  const missing = leaves.filter((leaf) => !made.has(leaf));
  if (missing.length > 0) {
    throw new Error(`docs/configuration.md has no table for ${missing[0]!.path}`);
  }
  return text.join('');
}

/**
 * The settings of the sections named, with commas between; `process` names those without a section.
 */
function sectionOf(names: string): Leaf[] {
  const wanted = names.split(',');
  return leaves.filter(({ keys }) => {
    const section = keys[0]!.replace('[]', '');
    const listed = wanted.includes(section);
    return listed || (wanted.includes('process') && keys.length === 1 && !isSection(section));
  });
}

const isSection = (name: string) =>
  ['variants', 'incumbent', 'outcomes', 'candidates', 'sources', 'rules'].includes(name);

function table(rows: readonly Leaf[]): string {
  const code = (text: string | undefined) => (text ? `\`${text}\`` : '');
  return [
    '| setting | variable | flag | unit | default | what |',
    '|---|---|---|---|---|---|',
    ...rows.map((leaf) =>
      [
        '',
        ...[code(leaf.path), code(leaf.env), code(leaf.flag), leaf.unit],
        leaf.unset ?? code(String(leaf.default)),
        leaf.description,
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ].join('\n');
}
