// What a rule reads from a row: its fields by what they mean, each checked, absent ones refused by name.
import { type Field, type FieldShape, fieldOf } from './field.ts';
import { RefusedRow } from './refusal.ts';
import type { Row, RowValue } from './row.ts';
import type { RowRule, Source } from './shape.ts';
import { type TimeReader, timeReader } from './time.ts';
import { idOf, isAbsent, numberOf, textOf } from './values.ts';

/** Fields of a rule that are a place in a row. */
type Name =
  | 'user'
  | 'item'
  | 'id'
  | 'impression'
  | 'position'
  | 'propensity'
  | 'candidates'
  | 'surface'
  | 'title'
  | 'text';

const names: readonly Name[] = [
  'user',
  'item',
  'id',
  'impression',
  'position',
  'propensity',
  'candidates',
  'surface',
  'title',
  'text',
];

export class Given {
  readonly #fields: Partial<Record<Name, Field>> = {};
  readonly #groups: readonly Field[];
  readonly #attributes: readonly (readonly [name: string, field: Field])[];
  readonly #value: Field | number;
  readonly #k: Field | number;
  readonly #time: { readonly field: Field; readonly read: TimeReader } | undefined;
  readonly #comma: boolean;
  readonly #firstPosition: number;

  constructor({ decimal }: Source, rule: RowRule) {
    for (const name of names) {
      const shape = rule[name];
      if (shape !== undefined) this.#fields[name] = fieldOf(shape);
    }
    this.#groups = groupShapes(rule.groups).map(fieldOf);
    this.#attributes = Object.entries(rule.attributes ?? {}).map(([name, shape]) => [
      name,
      fieldOf(shape),
    ]);
    this.#value = constantOr(rule.value, 1);
    this.#k = constantOr(rule.k, 10);
    this.#time = rule.time && { field: fieldOf(rule.time.field), read: timeReader(rule.time) };
    this.#comma = decimal === ',';
    this.#firstPosition = rule.firstPosition ?? 0;
  }

  /** How the mapping names the field. */
  nameOf(name: Name): string {
    return this.#fields[name]?.text ?? name;
  }

  user(row: Row): string {
    const { user } = this.#fields;
    return idOf(there(user!, row), user!.text);
  }

  /** Ids of the items; one, unless the field is a list. */
  items(row: Row): string[] {
    const item = this.#fields.item!;
    const value = there(item, row);
    const list = Array.isArray(value) ? value : [value];
    if (list.length === 0) throw missing(item.text);
    return list.map((one) => idOf(present(one, item.text), item.text));
  }

  /** Time, ms; undefined if the rule has none. */
  time(row: Row): number | undefined {
    return this.#time?.read(there(this.#time.field, row), this.#time.field.text);
  }

  id(row: Row): string | undefined {
    const { id } = this.#fields;
    return id && idOf(there(id, row), id.text);
  }

  /** Id of the slate that feedback answers; empty where it names none. */
  impression(row: Row, i: number): string {
    const { impression } = this.#fields;
    const value = impression && elementOf(impression, row, i);
    return isAbsent(value) ? '' : idOf(value, impression!.text);
  }

  /** Ids, or how many there were; undefined where the row says nothing. */
  candidates(row: Row): readonly string[] | number | undefined {
    const { candidates } = this.#fields;
    const value = candidates?.of(row);
    if (isAbsent(value)) return undefined;
    if (!Array.isArray(value)) return Math.floor(numberOf(value, candidates!.text));
    return value.map((one) => idOf(one, candidates!.text));
  }

  k(row: Row): number {
    return typeof this.#k === 'number' ? this.#k : numberOf(there(this.#k, row), this.#k.text);
  }

  /** A number for each item of the row; undefined if the rule has no such field. */
  numbers(name: 'position' | 'propensity', row: Row, count: number): readonly number[] | undefined {
    const field = this.#fields[name];
    if (!field) return undefined;
    const less = name === 'position' ? this.#firstPosition : 0;
    return this.#numbers(field, row, count).map((one) => one - less);
  }

  values(row: Row, count: number): readonly number[] {
    const value = this.#value;
    if (typeof value === 'number') return Array<number>(count).fill(value);
    return this.#numbers(value, row, count);
  }

  text(name: 'title' | 'text' | 'surface', row: Row, i: number): string {
    const field = this.#fields[name];
    return field ? textOf(elementOf(field, row, i)) : '';
  }

  /** Distinct groups of an item, of all fields; an element may be a list itself. */
  groups(row: Row, i: number): string[] {
    const found = this.#groups.flatMap((field) => {
      const value = this.#fields.item!.each ? elementOf(field, row, i) : field.of(row);
      return ([value].flat(2) as RowValue[]).filter((one) => !isAbsent(one)).map(textOf);
    });
    return [...new Set(found.map((one) => one.trim()).filter((one) => one !== ''))];
  }

  attributes(row: Row, i: number): Record<string, string> {
    return Object.fromEntries(
      this.#attributes.flatMap(([name, field]) => {
        const value = elementOf(field, row, i);
        return isAbsent(value) ? [] : [[name, textOf(value)]];
      }),
    );
  }

  #numbers(field: Field, row: Row, count: number): number[] {
    const value = there(field, row);
    if (Array.isArray(value) && value.length !== count) {
      const what = `has ${value.length} values for ${count} items`;
      throw new RefusedRow({ code: 'number-invalid', what, field: field.text });
    }
    return Array.from({ length: count }, (_, i) =>
      numberOf(
        present(Array.isArray(value) ? value[i] : value, field.text),
        field.text,
        this.#comma,
      ),
    );
  }
}

function groupShapes(groups: RowRule['groups']): FieldShape[] {
  if (groups === undefined) return [];
  return Array.isArray(groups) ? groups : [groups as FieldShape];
}

function constantOr(shape: number | FieldShape | undefined, otherwise: number): Field | number {
  if (shape === undefined) return otherwise;
  return typeof shape === 'number' ? shape : fieldOf(shape);
}

/** The value for the item `i` of a row: its own where the field is a list. */
function elementOf(field: Field, row: Row, i: number): RowValue {
  const value = field.of(row);
  return field.each && Array.isArray(value) ? value[i] : value;
}

function there(field: Field, row: Row): RowValue {
  return present(field.of(row), field.text);
}

function present(value: RowValue, field: string): RowValue {
  if (isAbsent(value)) throw missing(field);
  return value;
}

function missing(field: string): RefusedRow {
  return new RefusedRow({ code: 'field-missing', what: 'is not there', field });
}
