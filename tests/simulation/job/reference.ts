// The right results, worked out from the inputs alone: a loop over the records in order of time, without
// anything of the engine.
import type { FetchedRecord } from '../../../infra/kafka/wire/batch-reader.ts';
import { codecOf } from './codecs.ts';
import { openMs } from './stages.ts';
import {
  answers,
  type Offer,
  type OfferAnswer,
  type OpenOffer,
  offers,
  type Result,
  type Tally,
} from './topics.ts';

export interface InputRecord {
  readonly source: 'offers' | 'answers';
  readonly offset: number;
  readonly event: Offer | OfferAnswer;
}

export interface RightResult {
  readonly results: readonly Result[];
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly open: ReadonlyMap<string, OpenOffer>;
}

/** An input record; undefined for one that belongs in dead letters. */
export function decodedInput(
  source: InputRecord['source'],
  { offset, timestamp, value }: FetchedRecord,
): InputRecord | undefined {
  try {
    const event = codecOf(source === 'offers' ? offers : answers).decode(value!) as Offer;
    return event.at > timestamp ? undefined : { source, offset, event };
  } catch {
    return undefined;
  }
}

/** What a partition must have given. @param records those that were there to be read, in any order */
export function rightResult(partition: number, records: readonly InputRecord[]): RightResult {
  const found: Result[] = [];
  const tallies = new Map<string, Tally>();
  const open = new Map<string, OpenOffer>();
  const inOrder = [...records].sort((a, b) => a.event.at - b.event.at);
  for (const { source, offset, event } of inOrder) {
    const { id, key, at, value } = event;
    const over = [...open.values()].filter((offer) => offer.at + openMs <= at);
    over.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    for (const offer of over) {
      open.delete(offer.id);
      const what = { key: offer.key, id: offer.id, count: offer.answers, sum: offer.value };
      found.push({ source: 'ended', partition, offset: -1, ...what, at: offer.at + openMs });
    }
    let more = value;
    if (source === 'offers') open.set(id, { id, key, at, value, answers: 0 });
    else {
      const offer = open.get((event as OfferAnswer).offer);
      if (offer) open.set(offer.id, { ...offer, answers: offer.answers + 1 });
      more = offer ? offer.value * value : 0;
    }
    const before = tallies.get(key) ?? { count: 0, sum: 0 };
    const tally = { key, count: before.count + 1, sum: before.sum + more, at };
    tallies.set(key, tally);
    found.push({ source, partition, offset, key, id, count: tally.count, sum: tally.sum, at });
  }
  return { results: found, tallies, open };
}
