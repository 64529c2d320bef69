// A rule of the shop as people write it, in millrace.yaml, in a file or over HTTP; and back.
import { z } from 'zod';
import { judgeOf } from './border.ts';
import { MillraceError } from './errors.ts';
import { mostItems } from './rules.ts';
import { type RuleKind, ruleKinds, rules, type ShopRule } from './topics/rules.ts';

/** Tells the docs and the error messages what a field is. */
function about<S extends z.ZodType>(
  schema: S,
  description: string,
  unit: string,
  unset = 'any',
): S {
  return schema.meta({ description, unit, unset });
}

const id = z.string('a text is wanted').min(1, 'it is empty').max(512, 'at most 512 characters');
const ids = z.array(id, 'a list of texts is wanted').max(10_000, 'at most 10000 of them');
const number = z.number('a number is wanted');
const whole = z.int('a whole number is wanted');
const position = whole
  .min(0, 'positions count from 0, top first')
  .max(mostItems - 1, `the last position is ${mostItems - 1}`);
const value = z.union(
  [z.string(), z.number(), z.boolean()],
  'a text, number, true or false is wanted',
);
const range = z
  .strictObject({ least: number.optional(), most: number.optional() })
  .refine(({ least, most }) => least !== undefined || most !== undefined, 'least or most is wanted')
  .refine(({ least = -Infinity, most = Infinity }) => least <= most, 'least is above most');
const condition = z.union([value, z.array(value).min(1, 'a value is wanted'), range], {
  error: 'a value, a list of values, or least and most are wanted',
});
const time = z
  .union([z.int(), z.string()])
  .transform((given) => (typeof given === 'number' ? given : new Date(given).getTime()))
  .refine((ms) => ms >= 0 && ms <= 8.64e15, 'a time such as 2027-01-31T08:00:00Z is wanted');

const scope = z.strictObject({
  surfaces: about(ids.optional(), 'Surfaces of the request.', 'list of names'),
  users: about(ids.optional(), 'Ids of users.', 'list of ids'),
  context: about(
    z.record(id, z.union([id, z.array(id).min(1)])).optional(),
    'What the request says of the moment, such as `{ segment: vip }`.',
    'values by name',
  ),
  feedbacks: about(
    z.strictObject({ least: whole.min(0).optional(), most: whole.min(0).optional() }).optional(),
    'Answers of the user so far; `{ most: 0 }` is a new user.',
    '`least`, `most`',
  ),
  since: about(time.optional(), 'Requests from then on.', 'time, ISO 8601 or ms'),
  until: about(time.optional(), 'Requests before then.', 'time, ISO 8601 or ms'),
});

/** The kind of issue that is not zod's own. */
const custom = 'custom' as const;

/** Fields that only some kinds have. */
const own: Readonly<Record<string, readonly RuleKind[]>> = {
  position: ['pin', 'slot'],
  positions: ['slot'],
  most: ['atMost'],
  each: ['atMost'],
  factor: ['boost'],
};

/** Fields that a kind must have, one of each list. */
const needed: Readonly<Partial<Record<RuleKind, readonly (readonly string[])[]>>> = {
  pin: [['position']],
  slot: [['positions', 'position']],
  atMost: [['most']],
  boost: [['factor']],
};

export const ruleFields = z.strictObject({
  id: about(id, 'Key of the rule: a later one of that id takes its place.', 'text', 'required'),
  kind: about(
    z.enum(ruleKinds, `one of ${ruleKinds.join(', ')} is wanted`),
    `One of ${ruleKinds.map((kind) => `\`${kind}\``).join(', ')} ([rules](rules.md)).`,
    'kind',
    'required',
  ),
  items: about(ids.optional(), 'Ids of the items that it is about.', 'list of ids'),
  groups: about(ids.optional(), 'The items must be in one of these groups.', 'list of names'),
  where: about(
    z.record(id, condition).optional(),
    'What attributes of the items must be: a value, a list, or `{ least, most }`.',
    'values by attribute',
  ),
  position: about(
    position.optional(),
    'Where a pin stands, from 0, top first.',
    'position',
    'none',
  ),
  positions: about(
    z.array(position).min(1, 'a position is wanted').max(100).optional(),
    'The slots, from 0, top first.',
    'list of positions',
    'none',
  ),
  most: about(
    whole.min(0).max(mostItems).optional(),
    'Of atMost: items in a slate.',
    'items',
    'none',
  ),
  each: about(
    id.optional(),
    'Of atMost: `group`, or an attribute, each of whose values is counted by itself.',
    'name',
    'one count',
  ),
  factor: about(
    number.gt(0, 'above 0 is wanted').max(1_000).optional(),
    "Of boost: multiplies an item's odds, before the floor; below 1 it is shown less.",
    'factor',
    'none',
  ),
  for: about(scope.optional(), 'Requests that it is for.', 'scope', 'all'),
  holdout: about(
    number.min(0).max(1).default(0),
    'Share of the users for whom it does not hold, so that its effect can be known.',
    '0 to 1',
    '0',
  ),
  priority: about(
    whole.min(-1_000_000).max(1_000_000).default(0),
    'Of two rules for a position the greater holds.',
    'whole number',
    '0',
  ),
  note: about(z.string().max(1_000).default(''), 'For people.', 'text', 'none'),
});

/** A rule whose fields fit its kind, and each other. */
export const ruleShape = ruleFields.superRefine((rule, context) => {
  const given = rule as Readonly<Record<string, unknown>>;
  const say = (path: string[], message: string) =>
    context.addIssue({ code: custom, path, message });
  for (const [field, kinds] of Object.entries(own)) {
    if (given[field] !== undefined && !kinds.includes(rule.kind))
      say([field], `a rule of kind ${rule.kind} has none; it belongs to ${kinds.join(', ')}`);
  }
  for (const fields of needed[rule.kind] ?? []) {
    if (!fields.some((field) => given[field] !== undefined))
      say([fields[0]!], `a rule of kind ${rule.kind} needs it`);
  }
  const refusal = judge(recordOf(rule, { at: 0, owner: 'people' }), rule.id);
  if (refusal) say([refusal.field.split(/[.[]/)[0]!], refusal.problem);
});

export type RuleInput = z.input<typeof ruleShape>;
type ParsedRule = z.output<typeof ruleShape>;

/** Who puts a rule, and when, ms. */
export type RulePut = Pick<ShopRule, 'at' | 'owner'>;

const judge = judgeOf(rules);

/** @throws MillraceError `rule-invalid`, naming every field that cannot be used */
export function ruleOf(input: unknown, put: RulePut): ShopRule {
  const { data, error } = ruleShape.safeParse(input);
  if (data) return recordOf(data, put);
  const { id: name } = (input ?? {}) as { id?: unknown };
  throw new MillraceError({
    code: 'rule-invalid',
    what: `The rule ${typeof name === 'string' ? name.slice(0, 100) : 'without an id'} cannot be used.`,
    why: error.issues
      .map(({ path, message }) => `${path.join('.') || 'rule'}: ${message}`)
      .join('\n  '),
    todo: 'Correct these fields; docs/rules.md has an example of each kind. No rule was changed.',
  });
}

/** The record of a rule that is well formed. */
export function recordOf(rule: ParsedRule, { at, owner }: RulePut): ShopRule {
  const {
    items = [],
    groups = [],
    where = {},
    position: one,
    positions,
    most = 0,
    each = '',
  } = rule;
  const { surfaces = [], users = [], context = {}, feedbacks = {}, since, until } = rule.for ?? {};
  return {
    ...{ ruleId: rule.id, at, kind: rule.kind, items, groups },
    conditions: Object.entries(where).map(([attribute, wanted]) => conditionOf(attribute, wanted)),
    positions: positions ?? (one === undefined ? [] : [one]),
    ...{ most, each, factor: rule.factor ?? 1, holdout: rule.holdout, priority: rule.priority },
    ...{ surfaces, users },
    context: Object.entries(context).map(([name, values]) => ({ name, values: [values].flat() })),
    leastFeedbacks: feedbacks.least ?? null,
    mostFeedbacks: feedbacks.most ?? null,
    ...{ since: since ?? null, until: until ?? null, owner, note: rule.note },
  };
}

function conditionOf(attribute: string, wanted: z.output<typeof condition>) {
  if (typeof wanted === 'object' && !Array.isArray(wanted)) {
    return { attribute, values: [], least: wanted.least ?? null, most: wanted.most ?? null };
  }
  return { attribute, values: [wanted].flat().map(String), least: null, most: null };
}

/** A rule as people write it, without what is not set. */
export function inputOf(rule: ShopRule): RuleInput {
  const { ruleId, kind, items, groups, conditions, positions, most, each, factor } = rule;
  const { surfaces, users, context, leastFeedbacks, mostFeedbacks, since, until } = rule;
  const feedbacks = set({ least: leastFeedbacks, most: mostFeedbacks });
  return {
    ...{ id: ruleId, kind },
    ...set({ items, groups }),
    ...set({
      where: Object.fromEntries(
        conditions.map(({ attribute, values, ...bounds }) => [
          attribute,
          values.length > 0 ? values : set(bounds),
        ]),
      ),
    }),
    ...(kind === 'pin' ? { position: positions[0]! } : set({ positions })),
    ...(kind === 'atMost' && { most, ...set({ each }) }),
    ...(kind === 'boost' && { factor }),
    ...set({
      for: set({
        ...{ surfaces, users, feedbacks },
        context: Object.fromEntries(context.map(({ name, values }) => [name, values])),
        since: since === null ? null : new Date(since).toISOString(),
        until: until === null ? null : new Date(until).toISOString(),
      }),
    }),
    ...set({ holdout: rule.holdout || null, priority: rule.priority || null, note: rule.note }),
  } as RuleInput;
}

/** The fields that hold something. */
function set<T extends object>(fields: T): Partial<T> {
  const holds = (field: unknown) =>
    field !== null && field !== '' && (typeof field !== 'object' || Object.keys(field!).length > 0);
  return Object.fromEntries(
    Object.entries(fields).filter(([, field]) => holds(field)),
  ) as Partial<T>;
}
