// Writes guessed sources as YAML for millrace.yaml, with a comment beside each guess that says why.
import { stringify } from 'yaml';
import type { Source } from '../shape.ts';
import type { GuessedRule, GuessedSource, Reason } from './guessed.ts';

/** Where a source comes from. */
export type Origin = Pick<Source, 'name' | 'format'> &
  Partial<Pick<Source, 'from' | 'topic' | 'delimiter' | 'decimal' | 'absent'>>;

export interface WrittenSource {
  readonly origin: Origin;
  readonly guessed: GuessedSource;
  /** Number of rows that were looked at. */
  readonly rows: number;
}

/** The section `sources`, as text. */
export function sourcesYaml(sources: readonly WrittenSource[]): string {
  return ['sources:', ...sources.flatMap(sourceLines), ''].join('\n');
}

function sourceLines({ origin, guessed, rows }: WrittenSource): string[] {
  const { name, ...from } = origin;
  const where = { ...from, ...(guessed.decimal && { decimal: guessed.decimal }) };
  const seen = guessed.known
    ? `It has the shape of ${guessed.known}`
    : 'Guessed by names and values';
  const said = new Set<string>();
  return [
    ...comment(`${guessed.name}: ${seen}; ${rows} rows were looked at.`, '  '),
    ...guessed.notes.flatMap((note) => comment(note, '  ')),
    `  - name: ${flow(name)}`,
    ...Object.entries(where)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `    ${key}: ${flow(value)}`),
    '    rows:',
    ...guessed.rows.flatMap((rule) => ruleLines(rule, said)),
  ];
}

function ruleLines({ is, why, where, fields, reasons }: GuessedRule, said: Set<string>): string[] {
  return [
    `      - is: ${is}${beside(why)}`,
    ...(where ? [`        where: ${flow(where)}`] : []),
    ...Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        const line = `        ${name}: ${flow(alone(value))}`;
        const reason = reasons[name];
        if (!reason || said.has(line)) return line;
        said.add(line);
        return `${line}${beside(reason)}`;
      }),
  ];
}

/** A list of one is written as that one. */
const alone = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value);

const beside = ({ because, confidence }: Reason) =>
  ` # ${because.replace(/\s+/g, ' ')} (${Math.round(confidence * 100)} %)`;

const comment = (text: string, indent: string) =>
  text.split('\n').map((line) => `${indent}# ${line}`);

/** A value on one line. */
function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
