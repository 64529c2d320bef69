// Explicit formats of times: `dd/MM/yyyy HH:mm:ss`, with the letters of Unicode's date patterns.
import type { WallTime } from './zone.ts';

type Part = keyof WallTime | 'half' | 'zone';

/** Letters with what they match; longer ones first. */
const LETTERS: readonly (readonly [letters: string, part: Part, match: string])[] = [
  ['yyyy', 'year', '\\d{4}'],
  ['MMM', 'month', '[A-Za-z]{3}'],
  ['MM', 'month', '\\d{2}'],
  ['M', 'month', '\\d{1,2}'],
  ['dd', 'day', '\\d{2}'],
  ['d', 'day', '\\d{1,2}'],
  ['HH', 'hour', '\\d{2}'],
  ['H', 'hour', '\\d{1,2}'],
  ['hh', 'hour', '\\d{2}'],
  ['h', 'hour', '\\d{1,2}'],
  ['mm', 'minute', '\\d{2}'],
  ['ss', 'second', '\\d{2}'],
  ['SSSSSS', 'ms', '\\d{6}'],
  ['SSS', 'ms', '\\d{3}'],
  ['a', 'half', '[AaPp][Mm]'],
  ['XXX', 'zone', 'Z|[+-]\\d{2}:?\\d{2}'],
];

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

export interface Pattern {
  /** Whether the text says its own zone (`XXX`). */
  readonly hasZone: boolean;
  /** The parts of a text; undefined if it does not fit. */
  read(text: string): (WallTime & { readonly zone?: string }) | undefined;
}

/** @throws Error for letters that no pattern has, or a pattern without year, month and day */
export function patternOf(format: string): Pattern {
  const parts: Part[] = [];
  let source = '';
  let twelve = false;
  for (let i = 0; i < format.length; ) {
    if (format[i] === "'") {
      const end = format.indexOf("'", i + 1);
      if (end < 0) throw new Error('a quote does not end');
      source += escaped(format.slice(i + 1, end));
      i = end + 1;
      continue;
    }
    const found = LETTERS.find(([letters]) => format.startsWith(letters, i));
    if (found) {
      const [letters, part, match] = found;
      if (parts.includes(part)) throw new Error(`the ${part} stands there twice`);
      parts.push(part);
      source += `(${match})`;
      twelve ||= letters.startsWith('h');
      i += letters.length;
    } else {
      if (/[A-Za-z]/.test(format[i]!)) throw new Error(`${format[i]} is no letter of a format`);
      source += escaped(format[i]!);
      i += 1;
    }
  }
  for (const part of ['year', 'month', 'day'] as const) {
    if (!parts.includes(part)) throw new Error(`it has no ${part}`);
  }
  if (twelve !== parts.includes('half')) throw new Error('h and a belong together');
  const whole = new RegExp(`^${source}$`);
  return {
    hasZone: parts.includes('zone'),
    read(text) {
      const match = whole.exec(text);
      if (!match) return undefined;
      const said = Object.fromEntries(parts.map((part, i) => [part, match[i + 1]!]));
      return wallOf(said);
    },
  };
}

function wallOf(said: Partial<Record<Part, string>>) {
  const month = /^\d/.test(said.month!)
    ? Number(said.month)
    : MONTHS.indexOf(said.month!.toLowerCase()) + 1;
  const hour = Number(said.hour ?? 0);
  if (said.half !== undefined && (hour < 1 || hour > 12)) return undefined;
  const afternoon = said.half?.toLowerCase() === 'pm' ? 12 : 0;
  return {
    year: Number(said.year),
    month,
    day: Number(said.day),
    hour: said.half === undefined ? hour : (hour % 12) + afternoon,
    minute: Number(said.minute ?? 0),
    second: Number(said.second ?? 0),
    ms: Math.floor(Number(`0.${said.ms ?? 0}`) * 1000),
    ...(said.zone !== undefined && { zone: said.zone }),
  };
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
