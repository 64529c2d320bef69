// The border: every record of an input passes it where it is decoded, before state, time or learning hear
// of it. A topic's rules are those of its schema's fields (`rules.ts`), of its key, and its own.
import type { AvroSchema, RecordSchema } from './avro.ts';
import { MillraceError } from './errors.ts';
import {
  type BorderLimits,
  borderDefaults,
  latestTime,
  mostCharacters,
  mostEntries,
  type Range,
  type Rule,
} from './rules.ts';
import type { AnyTopic } from './topic.ts';

/** Why a record is refused. */
export interface Refusal {
  /** Path of the field, such as `items[3].propensity`; `key` for the key of the record. */
  readonly field: string;
  /** What is wrong with it; a value is shortened, a text that a person may have typed left out. */
  readonly problem: string;
}

/** Checks a value; undefined if it passes. */
type Check<T = unknown> = (value: T) => Refusal | undefined;

/** Judges an event of a topic under the key of its record. @returns undefined if it passes */
export type Judge = (event: unknown, key: string | undefined) => Refusal | undefined;

/** Makes the judge of a topic. */
export function judgeOf(topic: AnyTopic, limits: BorderLimits = borderDefaults): Judge {
  const { schema, keyOf, key: keyed, holds } = topic;
  const check = recordCheck(schema, limits);
  return (event, key) => {
    const refusal = check(event);
    if (refusal) return refusal;
    const own = keyOf(event);
    if (own === '') return { field: 'key', problem: `its ${keyed} is empty` };
    if (key !== own) return { field: 'key', problem: wrongKey(key, own, keyed) };
    for (const { field, says, of } of holds) if (!of(event)) return { field, problem: says };
    return undefined;
  };
}

/** The error for a record that the border refuses. */
export function eventInvalid({ name }: AnyTopic, { field, problem }: Refusal): MillraceError {
  return new MillraceError({
    code: 'event-invalid',
    what: `A record of ${name} cannot be used.`,
    why: `${field}: ${problem}.`,
    todo: `Mend what writes it; docs/border.md has the rules of ${name}.`,
    remedy: 'skip',
  });
}

/**
 * The time of an event, ms.
 * @param latest latest time that is let in, ms
 * @throws MillraceError `event-ahead`
 */
export function timeLetIn(topic: AnyTopic, event: unknown, latest: number): number {
  const at = topic.timeOf(event);
  if (at > latest) throw eventAhead(topic, at, latest);
  return at;
}

/**
 * The error for an event of a time to come.
 * @param latest latest time that is let in, ms
 */
export function eventAhead({ name }: AnyTopic, at: number, latest: number): MillraceError {
  return new MillraceError({
    code: 'event-ahead',
    what: `A record of ${name} tells of a time that is too far ahead of the clock.`,
    why: `Its time is ${timeText(at)}, and the latest that is let in is ${timeText(latest)}.`,
    todo: 'Set the clock of what writes it; or raise MAX_AHEAD_MS (-1: any time is let in).',
    remedy: 'skip',
  });
}

/** A time, ms, as people read it; a number where no calendar has it. */
function timeText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

function wrongKey(key: string | undefined, own: string, keyed: string): string {
  if (key === undefined) return `it has none, and ${quoted(own)}, its ${keyed}, is wanted`;
  return `it is ${quoted(key)}, and ${quoted(own)}, its ${keyed}, is wanted`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function recordCheck({ fields }: RecordSchema, limits: BorderLimits): Check {
  const parts = fields.flatMap(({ name, type, rule }) => {
    const check = checkOf(type, rule, limits);
    return check ? [{ name, check }] : [];
  });
  // Written out field by field, as avsc writes its decoders: looked up by name in a loop, the fields cost
  // several times as much as their checks.
  const lines = parts.map(({ name }, i) => {
    const field = JSON.stringify(name);
    return `refusal = check${i}(value[${field}]); if (refusal) return inside(${field}, refusal);`;
  });
  const body = `return (value) => { let refusal; ${lines.join(' ')} };`;
  const make = new Function('inside', ...parts.map((_, i) => `check${i}`), body);
  return make(inside, ...parts.map(({ check }) => check)) as Check;
}

/** The refusal of a part, told of the whole. */
function inside(name: string, { field, problem }: Refusal): Refusal {
  const joint = field === '' || field.startsWith('[') ? '' : '.';
  return { field: `${name}${joint}${field}`, problem };
}

const here = (problem: string): Refusal => ({ field: '', problem });

function checkOf(
  type: AvroSchema,
  rule: Rule | undefined,
  limits: BorderLimits,
): Check | undefined {
  if (Array.isArray(type)) return unionCheck(type, rule, limits);
  if (type === 'string') return textCheck(rule) as Check;
  if (isNumber(type)) return numberCheck(type, rule, limits) as Check | undefined;
  if (typeof type === 'string') return undefined;
  const schema = type as Exclude<AvroSchema, string | readonly AvroSchema[]>;
  switch (schema.type) {
    case 'record':
      return recordCheck(schema, limits);
    case 'array':
      return listCheck(schema.items, rule, limits) as Check;
    case 'map':
      return mapCheck(schema.values, rule, limits) as Check;
    case 'long':
      return timeCheck as Check;
    default:
      return undefined;
  }
}

function unionCheck(
  types: readonly AvroSchema[],
  rule: Rule | undefined,
  limits: BorderLimits,
): Check | undefined {
  const given = types.find((type) => type !== 'null');
  const check = given && checkOf(given, rule, limits);
  return check && ((value) => (value === null ? undefined : check(value)));
}

type NumberType = 'int' | 'long' | 'float' | 'double';

export const isNumber = (type: AvroSchema): type is NumberType =>
  type === 'int' || type === 'long' || type === 'float' || type === 'double';

/** The range of a number by its rule; undefined where its type allows nothing else. */
export function rangeOf(
  type: NumberType,
  rule: Rule | undefined,
  limits: BorderLimits,
): (Range & { readonly above: number }) | undefined {
  const whole = type === 'int' || type === 'long';
  if (whole && !rule) return undefined;
  const { least = -Number.MAX_VALUE, most = Number.MAX_VALUE } = rule?.limit
    ? limits[rule.limit]
    : (rule ?? {});
  return { least, most, above: rule?.above ?? Number.NEGATIVE_INFINITY };
}

function numberCheck(
  type: NumberType,
  rule: Rule | undefined,
  limits: BorderLimits,
): Check<number> | undefined {
  const range = rangeOf(type, rule, limits);
  if (!range) return undefined;
  const { least, most, above } = range;
  const says = numberSays(range);
  return (value) =>
    value >= least && value <= most && value > above
      ? undefined
      : here(`${Object.is(value, -0) ? '-0' : value} is not ${says}`);
}

/** What a number must be, in words. */
export function numberSays({ least, most, above }: Range & { readonly above: number }): string {
  const [low, high] = [least > -Number.MAX_VALUE, most < Number.MAX_VALUE];
  if (above > Number.NEGATIVE_INFINITY) {
    return high ? `above ${above} and at most ${most}` : `finite and above ${above}`;
  }
  if (low && high) return `from ${least} to ${most}`;
  if (low) return `finite and at least ${least}`;
  return high ? `finite and at most ${most}` : 'finite';
}

function timeCheck(value: number): Refusal | undefined {
  return value >= 0 && value <= latestTime
    ? undefined
    : here(`${value} is not a time in the years 1970 to 2299, in ms`);
}

function textCheck({ least = 0, most = mostCharacters, pattern }: Rule = {}): Check<string> {
  return (value) => {
    const { length } = value;
    if (length < least)
      return here(length === 0 ? 'it is empty' : `it has only ${length} characters`);
    if (length > most) return here(`it has ${length} characters, and ${most} are allowed`);
    return pattern && !pattern.of.test(value) ? here(pattern.says) : undefined;
  };
}

function listCheck(
  items: AvroSchema,
  { least = 0, most = mostEntries, each }: Rule = {},
  limits: BorderLimits,
): Check<readonly unknown[]> {
  const check = checkOf(items, each, limits);
  return (value) => {
    const { length } = value;
    const refusal = countRefusal(length, least, most);
    if (refusal || !check) return refusal;
    for (let i = 0; i < length; i++) {
      const wrong = check(value[i]);
      if (wrong) return inside(`[${i}]`, wrong);
    }
    return undefined;
  };
}

function mapCheck(
  values: AvroSchema,
  { least = 0, most = mostEntries, each, names }: Rule = {},
  limits: BorderLimits,
): Check<Record<string, unknown>> {
  const check = checkOf(values, each, limits);
  const nameCheck = textCheck(names);
  return (value) => {
    const entries = Object.keys(value);
    const refusal = countRefusal(entries.length, least, most);
    if (refusal) return refusal;
    // The names may be a person's own words, so none is told.
    for (const name of entries) {
      const wrong = nameCheck(name);
      if (wrong) return here(`of one of its names, ${wrong.problem}`);
      const bad = check?.(value[name]);
      if (bad) return here(`of one of its values, ${bad.problem}`);
    }
    return undefined;
  };
}

function countRefusal(length: number, least: number, most: number): Refusal | undefined {
  if (length > most) return here(`it has ${length} entries, and ${most} are allowed`);
  return length < least ? here(`it has ${length} entries, and ${least} are wanted`) : undefined;
}
