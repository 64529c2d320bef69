// Where a task goes on: by the position kept with its state, else by what its group has committed.
import type { Admin } from 'kafkajs';
import { z } from 'zod';
import type { Position } from '../../schemas/topics/positions.ts';
import { type Clock, systemClock } from './clock.ts';
import { type InputPlace, keptAs } from './places.ts';
import { endsOf, type PartitionEnds } from './read-to-end.ts';
import { retryTransient } from './retry.ts';

/** Records of an input that were to be read and are not there. */
export interface InputGap {
  readonly input: number;
  /** First offset that is missing. */
  readonly from: number;
  /** First offset that is there; below `from` if the topic was made anew. */
  readonly to: number;
}

export interface CommittedTask {
  /** Next offset of each input; the oldest if none was committed. */
  readonly offsets: readonly number[];
  /** Oldest offset there is, of each input. */
  readonly oldest: readonly number[];
  /** Stream time at the commit, ms; −Infinity if none was committed. */
  readonly streamTime: number;
}

type Place = Omit<InputPlace, 'topic'>;

const namesOf = (places: readonly Place[]) => [...new Set(places.map(({ name }) => name))];

const endOf = (ends: readonly PartitionEnds[], { name, partition }: Place) =>
  ends.find((one) => one.topic === name && one.partition === partition);

const metadataShape = z.object({ streamTime: z.number() });

/**
 * Text that is committed with the offsets of a task: its stream time. A task that has seen no event
 * has none.
 */
export function metadataOf(streamTime: number): string {
  return Number.isFinite(streamTime) ? JSON.stringify({ streamTime }) : '';
}

/** Stream time of a commit, ms; −Infinity for a commit that something else made. */
export function streamTimeOf(metadata: string | null | undefined): number {
  try {
    return metadataShape.parse(JSON.parse(metadata || 'null')).streamTime;
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}

/**
 * Offsets and stream time from which the task on a partition goes on.
 * @param places what it reads
 * @param kept the position kept beside the task's state; it is believed before the group's, which
 * may have expired
 */
export async function committedTask(
  admin: Admin,
  groupId: string,
  places: readonly Place[],
  partition: number,
  kept: Position | undefined,
  clock: Clock = systemClock,
): Promise<CommittedTask> {
  const groups = await groupOffsets(admin, groupId, namesOf(places), clock);
  const found = places.map((place) =>
    groups
      .find(({ topic }) => topic === place.name)
      ?.partitions.find((one) => one.partition === place.partition),
  );
  const known = places.map((place, input) => {
    const name = keptAs(place, partition);
    const own = kept?.inputs.find(({ topic }) => topic === name)?.offset;
    return own ?? Number(found[input]?.offset ?? -1);
  });
  const ends = await endsOf(admin, namesOf(places), clock);
  const oldest = places.map((place) => endOf(ends, place)?.low ?? 0);
  const offsets = known.map((offset, input) => (offset >= 0 ? offset : oldest[input]!));
  const committed = Math.max(...found.map((one) => streamTimeOf(one?.metadata)));
  return {
    offsets,
    oldest,
    streamTime: kept ? (kept.streamTime ?? Number.NEGATIVE_INFINITY) : committed,
  };
}

/** The records that a task misses which goes on from these offsets. */
export async function gapsFrom(
  admin: Admin,
  places: readonly Place[],
  offsets: readonly number[],
  clock: Clock = systemClock,
): Promise<InputGap[]> {
  const ends = await endsOf(admin, namesOf(places), clock);
  return places.flatMap((place, input) => {
    const end = endOf(ends, place);
    const from = offsets[input]!;
    if (!end || (from >= end.low && from <= end.high)) return [];
    return [{ input, from, to: end.low }];
  });
}

/** What a group has committed, by topic. A broker that has just started loads its groups one after the other. */
export async function groupOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  clock: Clock = systemClock,
) {
  return retryTransient(() => admin.fetchOffsets({ groupId, topics: [...topics] }), clock);
}
