import { arrayOf, enumOf, optional, record, timestamp } from '../avro.ts';
import { fraction, id, idOrNone, ids, mostItems, notNegative } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

/** Largest number of rules at a time; those of a user count too. */
export const mostRules = 10_000;

/** What a rule does. */
export const ruleKinds = ['exclude', 'filter', 'quiet', 'pin', 'slot', 'atMost', 'boost'] as const;

/** `RuleKind`, the same constant in `rules` and in `impressions`. */
export const ruleKind = enumOf('RuleKind', ruleKinds);

export const rules = defineTopic({
  name: 'rules',
  doc: 'A rule of the shop: what may be shown where, to whom, whatever the policy says.',
  key: 'ruleId',
  compacted: true,
  keepsDeletions: true,
  partitioning: 'one',
  schema: record('ShopRule', 'A rule of the shop.', [
    { name: 'ruleId', type: 'string', rule: id },
    { name: 'at', type: timestamp, doc: 'When it was put.' },
    { name: 'kind', type: ruleKind },
    { name: 'items', type: arrayOf('string'), rule: ids, doc: 'Ids of items; empty: any.' },
    {
      name: 'groups',
      type: arrayOf('string'),
      rule: ids,
      doc: 'An item must be in one of these; empty: any.',
    },
    {
      name: 'conditions',
      rule: { most: 20 },
      type: arrayOf(
        record('RuleCondition', 'What an attribute of the item must be.', [
          { name: 'attribute', type: 'string', rule: id },
          { name: 'values', type: arrayOf('string'), doc: 'One of these; empty: any.' },
          optional('least', 'double'),
          optional('most', 'double'),
        ]),
      ),
      doc: 'All of them must hold of an item that the rule is about.',
    },
    {
      name: 'positions',
      type: arrayOf('int'),
      rule: { most: 100, each: { least: 0, most: mostItems - 1 } },
      doc: 'Of a pin or of slots, from 0, top first.',
    },
    { name: 'most', type: 'int', rule: notNegative, default: 0, doc: 'Of atMost: items.' },
    {
      name: 'each',
      type: 'string',
      rule: idOrNone,
      default: '',
      doc: 'Of atMost: `group`, or an attribute; each of its values has a count of its own. Empty: one count.',
    },
    {
      name: 'factor',
      type: 'double',
      rule: { above: 0, most: 1_000 },
      default: 1,
      doc: "Of boost: what the item's chance against others is multiplied by, before the floor.",
    },
    {
      name: 'holdout',
      type: 'double',
      rule: fraction,
      default: 0,
      doc: 'Share of the users, by a hash of user and rule, for whom it does not hold.',
    },
    {
      name: 'priority',
      type: 'int',
      rule: { least: -1_000_000, most: 1_000_000 },
      default: 0,
      doc: 'Of two rules for one position the one with the greater holds, then that of the lesser id.',
    },
    { name: 'surfaces', type: arrayOf('string'), rule: ids, doc: 'Of the request; empty: any.' },
    { name: 'users', type: arrayOf('string'), rule: ids, doc: 'Empty: any.' },
    {
      name: 'context',
      rule: { most: 20 },
      type: arrayOf(
        record('RuleContext', 'What the request must say of the moment.', [
          { name: 'name', type: 'string', rule: id },
          { name: 'values', type: arrayOf('string'), rule: ids },
        ]),
      ),
      doc: 'Of the request, such as segment or device; empty: any.',
    },
    {
      ...optional('leastFeedbacks', 'long', notNegative),
      doc: 'Answers of the user so far, at least.',
    },
    {
      ...optional('mostFeedbacks', 'long', notNegative),
      doc: 'The same, at most; 0: new users.',
    },
    { ...optional('since', timestamp), doc: 'Requests of before are out of its scope.' },
    { ...optional('until', timestamp), doc: 'Requests of then or later are out of its scope.' },
    {
      name: 'owner',
      type: enumOf('RuleOwner', ['file', 'people']),
      doc: 'file: of millrace.yaml, and removed with its lines; people: put by a command or over HTTP.',
    },
    { name: 'note', type: 'string', rule: { most: 1_000 }, default: '', doc: 'For people.' },
  ]),
  holds: [
    {
      field: 'items',
      says: 'it names no items: items, groups or conditions are wanted',
      of: ({ kind, each, items, groups, conditions }) =>
        items.length + groups.length + conditions.length > 0 || (kind === 'atMost' && each !== ''),
    },
    {
      field: 'items',
      says: 'a pin names one item and one position',
      of: ({ kind, items, positions }) =>
        kind !== 'pin' || (items.length === 1 && positions.length === 1),
    },
    {
      field: 'positions',
      says: 'slots name their positions',
      of: ({ kind, positions }) => kind !== 'slot' || positions.length > 0,
    },
    {
      field: 'users',
      says: 'quiet names its users and until when',
      of: ({ kind, users, until }) => kind !== 'quiet' || (users.length > 0 && until !== null),
    },
    {
      field: 'until',
      says: 'it ends before it begins',
      of: ({ since, until }) => since === null || until === null || since < until,
    },
  ],
  keyOf: (rule) => rule.ruleId,
  timeOf: (rule) => rule.at,
});

export type ShopRule = EventOf<typeof rules>;
export type RuleKind = ShopRule['kind'];
export type RuleCondition = ShopRule['conditions'][number];
