// Input that was deleted before it was read, as the dead letters name it: each record once, and only
// records that were deleted. What is left of the data is what the round must come to.
import type { BenchData } from '../../bench/attribute/data.ts';
import type { PartitionEnds } from '../../infra/kafka/read-to-end.ts';
import type { DeadLetter } from '../../schemas/topics/dead-letters.ts';

/** Records of one partition, from one offset up to another. */
export interface Missed {
  /** Name of the input, without the prefix of the round. */
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

const range = /The records (\d+) to (\d+) of /;

/** The range that a dead letter names; undefined if it is about something else. */
export function missedIn({ code, origin, partition, offset, reason }: DeadLetter) {
  const found = code === 'input-gap' && range.exec(reason);
  if (!found || partition === null || Number(found[1]) !== offset) return undefined;
  const missed: Missed = { topic: origin, partition, from: offset, to: Number(found[2]) + 1 };
  return missed;
}

/** What is wrong with the ranges that are named as missed, for people. */
export function wrongly(missed: readonly Missed[], ends: readonly PartitionEnds[]): string[] {
  const wrong: string[] = [];
  for (const [place, of] of Map.groupBy(missed, (one) => `${one.topic}/${one.partition}`)) {
    let last = 0;
    for (const { from, to } of of.toSorted((a, b) => a.from - b.from)) {
      if (from < last) wrong.push(`${place}: ${from} to ${last - 1} are missed twice`);
      last = Math.max(last, to);
    }
    const low = ends.find((one) => `${one.topic}/${one.partition}` === place)?.low ?? 0;
    if (last > low) wrong.push(`${place}: ${low} to ${last - 1} are there, and called missed`);
  }
  return wrong;
}

/** The data without these events. */
export function without(data: BenchData, events: ReadonlySet<object>): BenchData {
  const isThere = (event: object) => !events.has(event);
  return {
    ...data,
    impressions: data.impressions.filter(isThere),
    clicks: data.clicks.filter(isThere),
  };
}
