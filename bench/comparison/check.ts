// Judges the output of either side: reads the committed examples of a topic.
import { endsOf, readTopics } from '../../infra/kafka/read-to-end.ts';
import { canonical, digest } from '../attribute/data.ts';
import { type BenchExample, benchCodecs, benchExamples } from '../attribute/topics.ts';
import { type BenchBroker, benchLog } from '../support/broker.ts';

export interface Verdict {
  readonly outputs: number;
  readonly duplicates: number;
  /** Number of records whose key is not their user. */
  readonly wrongKeys: number;
  /**
   * Number of transactions that wrote to the topic; their markers take an offset each, in every
   * partition.
   */
  readonly transactions: number;
  /** SHA-256 of the canonical form of all examples. */
  readonly sha256: string;
}

export async function checkOutput(broker: BenchBroker, topic: string): Promise<Verdict> {
  const codec = benchCodecs.of(benchExamples);
  const ids = new Set<string>();
  const lines: string[] = [];
  let wrongKeys = 0;
  await using reader = await readTopics({
    kafka: broker.kafka,
    log: benchLog(),
    topics: [topic],
    onRecords: (_topic, _partition, records) => {
      for (const { key, value } of records) {
        const example = codec.decode(value ?? Buffer.alloc(0)) as BenchExample;
        ids.add(example.impressionId);
        if (key?.toString() !== example.userId) wrongKeys++;
        lines.push(canonical(example));
      }
    },
  });
  await reader.caughtUp;
  const outputs = lines.length;
  const ends = await endsOf(broker.admin, [topic]);
  return {
    outputs,
    duplicates: outputs - ids.size,
    wrongKeys,
    transactions: ends.reduce((sum, { high }) => sum + high, -outputs),
    sha256: digest(lines),
  };
}
