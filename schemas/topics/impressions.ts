import { arrayOf, enumOf, optional, record, renamed, timestamp } from '../avro.ts';
import { cosine, fraction, id, ids, mostItems, notNegative, propensity } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';
import { ruleKind } from './rules.ts';

/**
 * `targetSlates`, the same constant in `impressions` and in `open-impressions`: an Avro name may
 * stand for one record only.
 */
export const targetSlates = renamed('shadowSlates', {
  name: 'targetSlates',
  type: arrayOf(
    renamed(
      'ShadowSlate',
      record('TargetSlate', 'What a variant without users would have shown.', [
        { name: 'variant', type: 'string' },
        { name: 'itemIds', type: arrayOf('string'), rule: ids },
        { name: 'groups', type: arrayOf('string'), doc: 'Of all its items, one after the other.' },
      ]),
    ),
  ),
  default: [],
  doc: 'Drawn by the seed of the slate; nobody saw them.',
});

/**
 * `servedBy`, the same constant in every topic that has it: an Avro name may stand for one enum
 * only.
 */
export const servedBy = renamed('origin', {
  name: 'servedBy',
  type: renamed('Origin', enumOf('ServedBy', ['served', 'logged'])),
  doc: 'served: decided here; logged: shown by another system and replayed.',
});

/** `barred` of a position, the same constant in `impressions` and in `examples`. */
export const barred = {
  name: 'barred',
  type: 'double',
  rule: fraction,
  default: 0,
  doc: 'Share of the probability left at this position that rules took away: 0 where none narrowed the choice, 1 for a pinned item.',
} as const;

/** What can decide a slate: the policies of this process, a language model, or another system. */
export const tiers = ['fast', 'llm', 'foreign'] as const;

/** `standIns`, the same constant in `impressions` and in `examples`. */
export const standIns = {
  name: 'standIns',
  type: arrayOf('string'),
  default: [],
  doc: 'Names of `variants` for which another policy decided, for want of a snapshot or of vectors.',
} as const;

/** What may come of a rule in whose scope a request was. */
export const ruleOutcomes = ['acted', 'idle', 'heldOut', 'lost', 'unmet'] as const;

export const impressions = defineTopic({
  name: 'impressions',
  doc: 'A slate shown, with the propensities it was drawn with.',
  key: 'userId',
  schema: record('Impression', 'A slate shown.', [
    { name: 'impressionId', type: 'string', rule: id },
    optional('requestId', 'string', id),
    { name: 'userId', type: 'string', rule: id },
    { name: 'at', type: timestamp },
    servedBy,
    { name: 'policy', type: 'string' },
    {
      name: 'version',
      type: 'long',
      rule: notNegative,
      doc: "Examples the policy's parameters had seen.",
    },
    { name: 'tier', type: enumOf('Tier', tiers) },
    { name: 'variant', type: 'string', doc: 'Arm of the experiment; empty outside one.' },
    { name: 'seed', type: 'long' },
    { name: 'candidateCount', type: 'int', rule: notNegative },
    { name: 'propensitySource', type: enumOf('PropensitySource', ['drawn', 'estimated']) },
    { name: 'slateLogProb', type: 'double', doc: 'Natural log; sum of log propensities.' },
    {
      name: 'variants',
      type: arrayOf('string'),
      doc: 'Names of the columns of `targetPropensities`.',
    },
    standIns,
    {
      name: 'items',
      rule: { most: mostItems },
      type: arrayOf(
        record('Shown', 'One position of the slate.', [
          { name: 'itemId', type: 'string', rule: id },
          { name: 'position', type: 'int', rule: notNegative, doc: 'From 0, top first.' },
          { name: 'score', type: 'double' },
          {
            name: 'propensity',
            type: 'double',
            rule: propensity,
            doc: 'Probability of this item at this position given the ones above it.',
          },
          renamed('shadows', {
            name: 'targetPropensities',
            type: arrayOf('double'),
            rule: { each: fraction },
            doc: 'The same probability under each of `variants`, computed at the decision.',
          }),
          optional('similarity', 'double', cosine),
          optional('intent', 'double', cosine),
          barred,
        ]),
      ),
    },
    {
      name: 'missing',
      type: arrayOf('string'),
      doc: 'What had not arrived: snapshot, vectors, intent, candidates that the request names; policy: the one of the variant could not decide.',
    },
    {
      name: 'latencyMs',
      type: 'double',
      rule: notNegative,
      doc: 'Time the decision took; 0 for logged slates.',
    },
    targetSlates,
    {
      name: 'adapter',
      type: 'int',
      rule: notNegative,
      default: 0,
      doc: "Version of the language model's adapter that made the intent used here; 0 without one.",
    },
    {
      name: 'unshown',
      type: arrayOf(
        record('Unshown', 'A candidate that was not shown.', [
          { name: 'itemId', type: 'string', rule: id },
          optional('similarity', 'double', cosine),
          optional('intent', 'double', cosine),
        ]),
      ),
      default: [],
      doc: 'An even sample of the candidates not shown; empty where no policy learns from them.',
    },
    {
      name: 'rules',
      rule: { most: mostItems },
      type: arrayOf(
        record('RuleEffect', 'A rule in whose scope the request was.', [
          { name: 'ruleId', type: 'string', rule: id },
          { name: 'kind', type: ruleKind },
          {
            name: 'outcome',
            type: enumOf('RuleOutcome', ruleOutcomes),
            doc: 'idle: nothing to do; heldOut: the user is in its hold-out; lost: a stronger rule stood in its way; unmet: no item for it.',
          },
          {
            name: 'removed',
            type: 'int',
            rule: notNegative,
            doc: 'Candidates that it removed.',
          },
          {
            name: 'positions',
            type: arrayOf('int'),
            rule: { each: notNegative },
            doc: 'Shown positions at which it acted.',
          },
          {
            name: 'moved',
            type: 'int',
            rule: notNegative,
            doc: 'Of `positions`, those that show another item than the same draw from the same candidates without pins, slots, counts and boosts.',
          },
        ]),
      ),
      default: [],
      doc: 'Rules in whose scope the request was, those that did something first, 100 at most.',
    },
  ]),
  holds: [
    {
      field: 'items',
      says: 'an item has not one target propensity for each of `variants`',
      of: ({ items, variants }) =>
        items.every(({ targetPropensities }) => targetPropensities.length === variants.length),
    },
  ],
  keyOf: (impression) => impression.userId,
  timeOf: (impression) => impression.at,
});

export type Impression = EventOf<typeof impressions>;
export type Shown = Impression['items'][number];
export type RuleEffect = Impression['rules'][number];
export type TargetSlate = Impression['targetSlates'][number];
