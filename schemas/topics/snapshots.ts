import { arrayOf, record, timestamp } from '../avro.ts';
import { id, notNegative, sha256 } from '../rules.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const snapshots = defineTopic({
  name: 'snapshots',
  doc: "A chunk of a policy's parameters and the input offsets they stand for.",
  key: 'policy/chunk',
  compacted: true,
  partitioning: 'one',
  schema: record('Snapshot', "A chunk of a policy's parameters.", [
    { name: 'policy', type: 'string', rule: id },
    { name: 'version', type: 'long', rule: notNegative, doc: 'Examples learned.' },
    { name: 'at', type: timestamp },
    { name: 'chunk', type: 'int', rule: notNegative, doc: 'From 0.' },
    { name: 'chunks', type: 'int', rule: { least: 1, most: 100_000 } },
    { name: 'sha256', type: 'string', rule: sha256, doc: 'Of the whole, uncompressed.' },
    {
      name: 'offsets',
      doc: 'Next offset to learn, by input partition.',
      type: arrayOf(
        record('InputOffset', 'A position in an input.', [
          { name: 'topic', type: 'string' },
          { name: 'partition', type: 'int', rule: notNegative },
          { name: 'offset', type: 'long', rule: notNegative },
        ]),
      ),
    },
    { name: 'data', type: 'bytes', doc: 'This chunk of the zstd-compressed parameters.' },
  ]),
  notInSql: ['data'],
  holds: [
    {
      field: 'chunk',
      says: 'it is not below the number of chunks',
      of: ({ chunk, chunks }) => chunk < chunks,
    },
  ],
  keyOf: (snapshot) => `${snapshot.policy}/${snapshot.chunk}`,
  derived: true,
  timeOf: (snapshot) => snapshot.at,
});

export type Snapshot = EventOf<typeof snapshots>;
