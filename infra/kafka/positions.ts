// Where tasks and enrichers stand, kept in a topic of their own beside the group's offsets: those expire
// when nobody was in the group for a week, and can be deleted; the state they belong to does not.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Position, positions } from '../../schemas/topics/positions.ts';
import type { Codecs } from '../registry/registry.ts';
import type { Clock } from './clock.ts';
import { decodeOrSkip } from './decode-or-skip.ts';
import { readTopics } from './read-to-end.ts';

export interface PositionReading {
  readonly kafka: Kafka;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  /** Time that brokers may not answer before the call fails, ms. @default no limit */
  readonly retryForMs?: number | undefined;
  /** @default the time of the machine */
  readonly clock?: Clock | undefined;
}

/**
 * The position of a group in a partition.
 * @param streamTime ms; −Infinity if no event was seen
 * @param at time of the day, ms since the epoch
 */
export function positionOf(
  group: string,
  partition: number,
  streamTime: number,
  inputs: Position['inputs'],
  at: number,
): Position {
  return {
    group,
    partition,
    at,
    streamTime: Number.isFinite(streamTime) ? streamTime : null,
    inputs,
  };
}

/**
 * The committed positions of a group, by partition of its inputs. Its own transactions must have
 * ended, so fence the writers first.
 * @param partitions partitions of the topic to look in; a task writes to that of its own number.
 * @default all
 */
export async function readPositions(
  { kafka, codecs, nameOf, log, retryForMs, clock }: PositionReading,
  group: string,
  partitions?: readonly number[],
): Promise<ReadonlyMap<number, Position>> {
  const found = new Map<number, Position>();
  await using reader = await readTopics({
    kafka,
    log,
    retryForMs,
    clock,
    topics: [nameOf(positions)],
    ...(partitions ? { partitions } : {}),
    onRecords: async (_name, partition, records) => {
      const prefix = `${group}/`;
      for (const record of records) {
        if (!record.key?.toString().startsWith(prefix) || record.value === null) continue;
        const place = { topic: positions, partition };
        const position = await decodeOrSkip(codecs, place, record, log);
        if (isPosition(position) && position.group === group) {
          found.set(position.partition, position);
        }
      }
    },
  });
  await reader.caughtUp;
  return found;
}

function isPosition(event: unknown): event is Position {
  return typeof event === 'object' && event !== null && 'inputs' in event;
}
