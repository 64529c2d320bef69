import { arrayOf, record, timestamp } from '../avro.ts';
import { defineTopic, type EventOf } from '../topic.ts';

export const snapshots = defineTopic({
  name: 'snapshots',
  doc: "A chunk of a policy's parameters and the input offsets they stand for.",
  key: 'policy/chunk',
  compacted: true,
  partitioning: 'one',
  schema: record('Snapshot', "A chunk of a policy's parameters.", [
    { name: 'policy', type: 'string' },
    { name: 'version', type: 'long', doc: 'Examples learned.' },
    { name: 'at', type: timestamp },
    { name: 'chunk', type: 'int', doc: 'From 0.' },
    { name: 'chunks', type: 'int' },
    { name: 'sha256', type: 'string', doc: 'Of the whole, uncompressed.' },
    {
      name: 'offsets',
      doc: 'Next offset to learn, by input partition.',
      type: arrayOf(
        record('InputOffset', 'A position in an input.', [
          { name: 'topic', type: 'string' },
          { name: 'partition', type: 'int' },
          { name: 'offset', type: 'long' },
        ]),
      ),
    },
    { name: 'data', type: 'bytes', doc: 'This chunk of the zstd-compressed parameters.' },
  ]),
  notInSql: ['data'],
  keyOf: (snapshot) => `${snapshot.policy}/${snapshot.chunk}`,
  timeOf: (snapshot) => snapshot.at,
});

export type Snapshot = EventOf<typeof snapshots>;
