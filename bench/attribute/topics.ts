// Topics of the job `attribute`, in the schemas of the peer (bench/peers/kafka-streams): the very same
// bytes on both sides. They are the benchmark's own and no part of the product's topology.
import { arrayOf, record, timestamp } from '../../schemas/avro.ts';
import { createCodec, type Incoming } from '../../schemas/codec.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { type AnyTopic, defineTopic, type EventOf } from '../../schemas/topic.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { positions } from '../../schemas/topics/positions.ts';

const shown = [
  { name: 'itemId', type: 'string' },
  { name: 'position', type: 'int' },
  { name: 'propensity', type: 'double' },
] as const;

const impressionKey = [
  { name: 'impressionId', type: 'string' },
  { name: 'userId', type: 'string' },
] as const;

export const benchImpressions = defineTopic({
  name: 'peer-impressions',
  doc: 'Slates shown; an input of the benchmark.',
  key: 'userId',
  schema: record('Impression', 'A slate shown to a user.', [
    ...impressionKey,
    { name: 'at', type: timestamp },
    { name: 'slate', type: arrayOf(record('Shown', 'One slot.', shown)) },
  ]),
  keyOf: ({ userId }) => userId,
  timeOf: ({ at }) => at,
});

export const benchClicks = defineTopic({
  name: 'peer-clicks',
  doc: 'Clicks on slates; an input of the benchmark.',
  key: 'userId',
  schema: record('Click', 'A click on a slot of a slate.', [
    ...impressionKey,
    { name: 'itemId', type: 'string' },
    { name: 'position', type: 'int' },
    { name: 'at', type: timestamp },
    { name: 'value', type: 'double' },
  ]),
  keyOf: ({ userId }) => userId,
  timeOf: ({ at }) => at,
});

const exampleSchema = record(
  'Example',
  'A slate with its feedback, as of the moment it was shown.',
  [
    ...impressionKey,
    { name: 'at', type: timestamp },
    {
      name: 'slate',
      type: arrayOf(
        record('Labelled', 'A slot and what it earned.', [
          ...shown,
          { name: 'reward', type: 'double' },
        ]),
      ),
    },
    { name: 'reward', type: 'double' },
    { name: 'userClicks', type: 'int', doc: 'Clicks of the user before it was shown.' },
    { name: 'recent', type: arrayOf('string'), doc: 'Items of the last of them, oldest first.' },
  ],
);

export const benchExamples = defineTopic({
  name: 'examples',
  doc: 'Closed slates; the output of the benchmark.',
  key: 'userId',
  schema: exampleSchema,
  keyOf: ({ userId }) => userId,
  timeOf: ({ at }) => at,
});

export const openChangelog = defineTopic({
  name: 'open-changelog',
  doc: 'Slates waiting for feedback, as examples in the making.',
  key: 'impressionId',
  compacted: true,
  schema: exampleSchema,
  keyOf: ({ impressionId }) => impressionId,
  timeOf: ({ at }) => at,
});

export const usersChangelog = defineTopic({
  name: 'users-changelog',
  doc: 'What is known of each user.',
  key: 'userId',
  compacted: true,
  schema: record('User', 'Clicks of a user.', [
    { name: 'clicks', type: 'int' },
    { name: 'lastSeen', type: timestamp },
    { name: 'recent', type: arrayOf('string'), doc: 'Items last clicked, oldest first.' },
  ]),
  keyOf: () => {
    throw new Error('The peer keeps no key in a user: the store names it.');
  },
  timeOf: ({ lastSeen }) => lastSeen,
});

export type BenchImpression = EventOf<typeof benchImpressions>;
export type BenchClick = EventOf<typeof benchClicks>;
export type BenchExample = EventOf<typeof benchExamples>;
export type BenchUser = EventOf<typeof usersChangelog>;

/** Codecs with the peer's fixed schema ids, so that no registry is needed. */
const codecs = new Map(
  (
    [
      [benchImpressions, 1],
      [benchClicks, 2],
      [benchExamples, 3],
      [openChangelog, 3],
      [usersChangelog, 4],
      [deadLetters, 5],
      [positions, 6],
    ] as const
  ).map(([topic, id]) => [topic as AnyTopic, createCodec(topic, id)]),
);

/** Stands for a registry, with the fixed ids. */
export const benchCodecs = {
  of(topic: AnyTopic) {
    const codec = codecs.get(topic);
    if (codec) return codec;
    throw new MillraceError({
      code: 'topic-undeclared',
      what: `The benchmark does not know the topic ${topic.name}.`,
      todo: 'Add it to bench/attribute/topics.ts.',
    });
  },
  decode: async (topic: AnyTopic, bytes: Buffer): Promise<unknown> =>
    benchCodecs.of(topic).decode(bytes),
  take: async (topic: AnyTopic, record: Incoming): Promise<unknown> =>
    benchCodecs.of(topic).take(record),
};

const inputs: ReadonlySet<AnyTopic> = new Set<AnyTopic>([benchImpressions, benchClicks]);

/**
 * Names of the topics on the broker: outputs have the prefix of their run, and so have inputs of
 * its own.
 */
export function namesUnder(prefix: string, inputsUnder = ''): (topic: AnyTopic) => string {
  return (topic) => `${inputs.has(topic) ? inputsUnder : prefix}${topic.name}`;
}
