// `sources` of millrace.yaml: where rows come from, and what each of them says.
import { z } from 'zod';
import { feedbackKinds } from '../../schemas/topics/clicks.ts';
import { fieldShape } from './field.ts';
import { timeReader, timeUnits } from './time.ts';

/** What a row may be. */
export const rowKinds = [
  'item',
  'deleted-item',
  'impression',
  ...feedbackKinds,
  'request',
  'ignored',
] as const;
export type RowKind = (typeof rowKinds)[number];

/** Formats of files; a topic has one of the others. */
export const fileFormats = ['csv', 'tsv', 'jsonl', 'parquet'] as const;
export const topicFormats = ['json', 'avro', 'protobuf'] as const;

/** Tells the docs and the error messages what a setting is. */
function about<S extends z.ZodType>(
  schema: S,
  description: string,
  unit: string,
  unset = 'none',
): S {
  return schema.meta({ description, unit, unset });
}

const fieldUnit = 'field';
const optionalField = (description: string, unset = 'none') =>
  about(fieldShape.optional(), description, fieldUnit, unset);

const constantOr = (description: string, unit: string, unset: string) =>
  about(z.union([z.number(), fieldShape]).optional(), description, unit, unset);

const time = z
  .strictObject({
    field: about(fieldShape, 'Where the time is.', fieldUnit, 'required'),
    unit: about(
      z.enum(timeUnits, `one of ${timeUnits.join(', ')} is wanted`).default('iso'),
      'How it is written: seconds, milliseconds, microseconds or nanoseconds since 1970, ISO 8601, or a `format`. A time that lies before 1995 or after 2298 in its unit is refused.',
      '`s`, `ms`, `us`, `ns`, `iso` or `format`',
      '`iso`',
    ),
    format: about(
      z.string().optional(),
      'How a text is written, such as `dd/MM/yyyy HH:mm`; letters yyyy MM M MMM dd d HH H hh h mm ss SSS SSSSSS a XXX, others in single quotes.',
      'text',
    ),
    zone: about(
      z.string().optional(),
      'Zone of times that name none: `UTC`, an offset such as `+02:00`, or a name such as `Europe/Berlin`. Without it such times are refused.',
      'zone',
    ),
  })
  .superRefine((rule, { addIssue }) => {
    const says = (message: string, path: string) =>
      addIssue({ code: z.ZodIssueCode.custom, message, path: [path] });
    if ((rule.unit === 'format') !== (rule.format !== undefined)) {
      says('the unit `format` and a `format` belong together', 'format');
      return;
    }
    try {
      timeReader(rule);
    } catch (error) {
      says((error as Error).message, rule.format === undefined ? 'zone' : 'format');
    }
  });

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Fields that a kind of row must have, and others that it may have. */
function needsOf(is: RowKind): readonly [wanted: readonly string[], allowed: readonly string[]] {
  switch (is) {
    case 'item':
      return [['item'], ['time', 'title', 'text', 'groups', 'attributes']];
    case 'deleted-item':
      return [['item'], ['time']];
    case 'impression':
      return [
        ['user', 'item', 'time'],
        ['id', 'position', 'firstPosition', 'propensity', 'candidates'],
      ];
    case 'request':
      return [
        ['user', 'time'],
        ['id', 'k', 'surface', 'candidates'],
      ];
    case 'ignored':
      return [[], []];
    case 'rating':
      return [
        ['user', 'item', 'time', 'value', 'positiveFrom'],
        ['id', 'impression'],
      ];
    default:
      return [
        ['user', 'item', 'time'],
        ['id', 'impression', 'value', 'positiveFrom'],
      ];
  }
}

const ruleShape = z
  .strictObject({
    is: about(
      z.enum(rowKinds, `one of ${rowKinds.join(', ')} is wanted`),
      'What a row is. `impression`: items shown to a user. `click` to `rating`: what a user did with an item. `item`: an entry of the catalogue. `ignored`: nothing for a recommender.',
      rowKinds.map((kind) => `\`${kind}\``).join(', '),
      'required',
    ),
    where: about(
      z.record(z.string(), z.union([scalar, z.array(scalar).min(1)])).optional(),
      'Values that fields must have for the rule to hold; of a list, one. All rules that hold are applied to a row; a row for which none holds is refused.',
      'values by field',
      'every row',
    ),
    user: optionalField('Id of the user.'),
    item: optionalField('Id of the item; `[]` in it reads several from one row.'),
    time: about(
      z.preprocess(
        (value) => (typeof value === 'string' || Array.isArray(value) ? { field: value } : value),
        time.optional(),
      ),
      'When it happened; a name alone is read as ISO 8601 with a zone.',
      '`{ field, unit, format, zone }`',
    ),
    id: optionalField(
      'Id of the event or the slate. A second row with the same id changes nothing.',
      'made of source, kind, user, item and time',
    ),
    impression: optionalField('Of feedback: id of the slate that it answers.'),
    value: constantOr('Reward of the feedback, such as a price or stars.', 'number or field', '1'),
    positiveFrom: about(
      z.number().optional(),
      'Least value that counts as a click; a `rating` needs it.',
      'unit of the value',
      'every value',
    ),
    position: optionalField('Of an impression: place of the item, top first.', 'order of the list'),
    firstPosition: about(
      z.int().min(0).optional(),
      'Number of the top position in the log.',
      '0 or 1',
      '0',
    ),
    propensity: optionalField(
      'Of an impression: probability with which the item was shown there. Name it only if the log has it: it is taken for exact.',
      'estimated',
    ),
    candidates: optionalField(
      'Items that could have been shown: a list, or for an impression also their number.',
    ),
    surface: optionalField('Where the slate is shown.', 'empty'),
    k: constantOr('Of a request: items wanted.', 'number or field', '10'),
    title: optionalField('Title of the item.', 'its id'),
    text: optionalField('What a language model may read of it.', 'title and groups'),
    groups: about(
      z.union([fieldShape, z.array(fieldShape)]).optional(),
      'Categories; of several fields, all.',
      'field or list of fields',
    ),
    attributes: about(
      z.record(z.string(), fieldShape).optional(),
      'Other facts of an item, by the names that they shall have.',
      'fields by name',
    ),
  })
  .superRefine((rule, { addIssue }) => {
    const [wanted, allowed] = needsOf(rule.is);
    const says = (path: string, message: string) =>
      addIssue({ code: z.ZodIssueCode.custom, message, path: [path] });
    for (const name of wanted) {
      if (rule[name as keyof typeof rule] === undefined) says(name, `${rule.is} needs ${name}`);
    }
    for (const name of Object.keys(rule)) {
      const known = ['is', 'where', ...wanted, ...allowed];
      if (rule[name as keyof typeof rule] !== undefined && !known.includes(name)) {
        says(name, `${rule.is} has no ${name}; it may have ${known.slice(2).join(', ') || 'none'}`);
      }
    }
  });

const sourceShape = z
  .strictObject({
    name: about(
      z
        .string('a name is wanted')
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
          'letters, digits, dot, dash and underscore only',
        ),
      'Distinct; ids that a row does not have begin with it.',
      'letters, digits, `.`, `-`, `_`',
      'required',
    ),
    from: z.string('a file or a folder is wanted').min(1).optional().meta({
      description: 'A file, or a folder with files of the format, plain, `.gz` or `.zst`.',
      unit: 'path',
      unset: 'none',
      isPath: true,
    }),
    topic: about(z.string().min(1).optional(), 'A topic of your own that `run` reads.', 'name'),
    format: about(
      z.enum([...fileFormats, ...topicFormats]),
      `Of files: ${fileFormats.map((one) => `\`${one}\``).join(', ')}; of topics: ${topicFormats.map((one) => `\`${one}\``).join(', ')}.`,
      'name',
      'required',
    ),
    delimiter: about(
      z.string().length(1).optional(),
      'Character between the fields of `csv`.',
      'character',
      '`,`',
    ),
    decimal: about(
      z.enum(['.', ',']).optional(),
      'Character before the fraction of a number.',
      '`.` or `,`',
      '`.`',
    ),
    absent: about(
      z.array(z.string()).optional(),
      'Texts that stand for no value, beside the empty one.',
      'list of texts',
    ),
    rows: about(z.array(ruleShape).min(1), 'What rows are.', 'list', 'required'),
  })
  .superRefine(({ from, topic, format, rows }, { addIssue }) => {
    const says = (path: string, message: string) =>
      addIssue({ code: z.ZodIssueCode.custom, message, path: [path] });
    if ((from === undefined) === (topic === undefined)) says('from', '`from` or `topic` is wanted');
    const formats: readonly string[] = topic === undefined ? fileFormats : topicFormats;
    if (from !== undefined && rows.some(({ is }) => is === 'request')) {
      says(
        'rows',
        'requests are answered live: of a `topic` alone; leave these rows out with `ignored`',
      );
    }
    if (!formats.includes(format)) says('format', `${formats.join(', ')} is wanted here`);
  });

export const sourcesShape = z
  .array(sourceShape, 'a list of sources is wanted')
  .superRefine((sources, { addIssue }) => {
    for (const [i, { name }] of sources.entries()) {
      if (sources.findIndex((one) => one.name === name) === i) continue;
      const message = `two sources have the name ${name}`;
      addIssue({ code: z.ZodIssueCode.custom, message, path: [i, 'name'] });
    }
  });

/** A source of rows, as it is read. */
export type Source = z.output<typeof sourceShape>;
export type RowRule = z.output<typeof ruleShape>;
