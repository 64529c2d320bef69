// The rules of a topic in words, for docs/border.md.
import type { AvroSchema, RecordSchema } from './avro.ts';
import { isNumber, numberSays, rangeOf } from './border.ts';
import { borderDefaults, mostCharacters, mostEntries, type Rule } from './rules.ts';
import type { AnyTopic } from './topic.ts';

export interface RuleLine {
  /** Path of the field; `[]` stands for each entry of a list. */
  readonly field: string;
  readonly says: string;
}

/** The rules of each field, those of a type that allows everything left out. */
export function rulesOf({ schema, holds }: AnyTopic): RuleLine[] {
  return [
    ...linesOf(schema, undefined, ''),
    ...holds.map(({ field, says }) => ({ field, says: `refused if ${says}` })),
  ];
}

function linesOf(type: AvroSchema, rule: Rule | undefined, field: string): RuleLine[] {
  if (Array.isArray(type)) {
    const given = type.find((one) => one !== 'null');
    return given === undefined ? [] : linesOf(given, rule, field).map(orNull(field));
  }
  if (type === 'string') return [{ field, says: textSays(rule) }];
  if (isNumber(type)) {
    const range = rangeOf(type, rule, borderDefaults);
    const says = range && `${numberSays(range)}${rule?.limit ? ', unless it is configured' : ''}`;
    return says ? [{ field, says }] : [];
  }
  if (typeof type === 'string') return [];
  const schema = type as Exclude<AvroSchema, string | readonly AvroSchema[]>;
  switch (schema.type) {
    case 'record':
      return fieldsOf(schema, field);
    case 'array':
      return [{ field, says: countSays(rule) }, ...linesOf(schema.items, rule?.each, `${field}[]`)];
    case 'map':
      return [
        { field, says: countSays(rule) },
        { field: `${field}, a name`, says: textSays(rule?.names) },
        ...linesOf(schema.values, rule?.each, `${field}, a value`),
      ];
    case 'long':
      return [{ field, says: 'a time in the years 1970 to 2299' }];
    default:
      return [];
  }
}

function fieldsOf({ fields }: RecordSchema, outer: string): RuleLine[] {
  return fields.flatMap(({ name, type, rule }) =>
    linesOf(type, rule, outer === '' ? name : `${outer}.${name}`),
  );
}

const orNull = (own: string) => (line: RuleLine) =>
  line.field === own ? { ...line, says: `null, or ${line.says}` } : line;

function textSays({ least = 0, most = mostCharacters, pattern }: Rule = {}): string {
  const count = least === 0 ? `at most ${most} characters` : `${least} to ${most} characters`;
  return pattern ? `${count}; refused if ${pattern.says}` : count;
}

function countSays({ least = 0, most = mostEntries }: Rule = {}): string {
  return least === 0 ? `at most ${most} entries` : `${least} to ${most} entries`;
}
