import { arrayOf, enumOf, optional, record, renamed, timestamp } from '../avro.ts';
import {
  cosine,
  fraction,
  groups,
  id,
  mostItems,
  notNegative,
  propensity,
  rewardSum,
  vector,
} from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';
import { feedbackSource } from './clicks.ts';
import { barred, servedBy, standIns, targetSlates } from './impressions.ts';
import { userStateRecord } from './user-state.ts';

const simulatorView = record('SimulatorView', "What the simulator's own language model says.", [
  { name: 'model', type: 'string' },
  {
    name: 'similarities',
    rule: { each: cosine },
    type: arrayOf(['null', 'double'] as const),
    doc: 'Of each item with what the user liked, by vectors of `model`; null where one is missing.',
  },
]);

export const examples = defineTopic({
  name: 'examples',
  doc: 'An impression with its outcome and the state as it was at the decision.',
  key: 'userId',
  partitioning: 'one',
  forgets: true,
  schema: record('Example', 'An impression with its outcome and the state at the decision.', [
    { name: 'impressionId', type: 'string', rule: id },
    { name: 'userId', type: 'string', rule: id },
    { name: 'at', type: timestamp, doc: 'Time of the decision.' },
    { name: 'closedAt', type: timestamp, doc: 'Stream time at which the window closed.' },
    servedBy,
    {
      name: 'source',
      type: feedbackSource,
      doc: 'simulated if no person answered any item, else logged; each item has its own.',
    },
    {
      name: 'confidence',
      type: 'double',
      rule: fraction,
      doc: 'Least weight in learning of the outcomes of that source, 0 to 1.',
    },
    { name: 'policy', type: 'string' },
    { name: 'version', type: 'long', rule: notNegative },
    { name: 'tier', type: enumOf('Tier', ['fast', 'llm', 'foreign']) },
    { name: 'variant', type: 'string' },
    { name: 'propensitySource', type: enumOf('PropensitySource', ['drawn', 'estimated']) },
    { name: 'candidateCount', type: 'int', rule: notNegative },
    {
      name: 'items',
      rule: { most: mostItems },
      type: arrayOf(
        record('Outcome', 'A shown item and what came of it.', [
          { name: 'itemId', type: 'string', rule: id },
          { name: 'position', type: 'int', rule: notNegative },
          { name: 'score', type: 'double' },
          { name: 'propensity', type: 'double', rule: propensity },
          optional('similarity', 'double', cosine),
          optional('intent', 'double', cosine),
          { name: 'groups', type: arrayOf('string'), rule: groups },
          { name: 'positive', type: 'boolean' },
          {
            name: 'reward',
            type: 'double',
            rule: rewardSum,
            doc: 'Sum of the values attributed; 0 for none.',
          },
          {
            ...optional('source', feedbackSource),
            doc: 'Who answered this item; null in earlier records: as the slate.',
          },
          {
            ...optional('confidence', 'double', fraction),
            doc: 'Weight of this outcome in learning, 0 to 1; null in earlier records: as the slate.',
          },
          renamed('shadows', {
            name: 'targetPropensities',
            type: arrayOf('double'),
            rule: { each: fraction },
            default: [],
            doc: 'Propensity under each of `variants`, computed at the decision.',
          }),
          {
            name: 'features',
            type: arrayOf('float'),
            rule: vector,
            default: [],
            doc: "The item's vector in `space`; empty where it had none.",
          },
          barred,
        ]),
      ),
    },
    { name: 'state', type: userStateRecord },
    {
      name: 'variants',
      type: arrayOf('string'),
      default: [],
      doc: 'Names of the columns of `targetPropensities`.',
    },
    standIns,
    targetSlates,
    {
      name: 'space',
      type: 'string',
      default: '',
      doc: 'What the vectors of `features` and `profile` are measured in; empty for none.',
    },
    {
      name: 'profile',
      type: arrayOf('float'),
      rule: vector,
      default: [],
      doc: 'Of what the user liked lately, in `space`; empty where there is none.',
    },
    {
      name: 'unshown',
      type: arrayOf(
        record('UnshownCandidate', 'A candidate that was not shown.', [
          { name: 'itemId', type: 'string', rule: id },
          optional('similarity', 'double', cosine),
          optional('intent', 'double', cosine),
          { name: 'groups', type: arrayOf('string'), rule: groups },
          {
            name: 'features',
            type: arrayOf('float'),
            rule: vector,
            default: [],
            doc: "The item's vector in `space`; empty where it had none.",
          },
        ]),
      ),
      default: [],
      doc: 'An even sample of the candidates not shown; empty where no policy learns from them.',
    },
    {
      ...optional('simulatorView', simulatorView),
      doc: "Where the simulator has a language model of its own; else `similarity` is the simulator's too.",
    },
  ]),
  notInSql: ['state', 'profile', 'unshown', 'simulatorView'],
  holds: [
    {
      field: 'items',
      says: 'an item has not one target propensity for each of `variants`',
      of: ({ items, variants }) =>
        items.every(({ targetPropensities }) => targetPropensities.length === variants.length),
    },
  ],
  keyOf: (example) => example.userId,
  derived: true,
  timeOf: (example) => example.closedAt,
});

export type Example = EventOf<typeof examples>;
export type Outcome = Example['items'][number];
