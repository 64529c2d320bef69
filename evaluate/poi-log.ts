// Check-ins as histories, and the questions that are asked of them.
import { readQuestions, type Visit } from '../datasets/foursquare-prompts.ts';
import { type CheckIn, readCheckIns, readLocalCheckIns } from '../datasets/foursquare-rows.ts';
import { compareIds } from '../datasets/log-row.ts';
import { type Read, readable } from '../datasets/rows.ts';
import type { Location } from '../models/sequence/all-visits.ts';
import type { VisitQuery, Visits } from '../models/sequence/visits.ts';

interface VisitQuestion {
  readonly query: VisitQuery;
  readonly target: number;
}

export interface PlaceLog {
  /** Number of places; histories and targets hold numbers below it, in the order of the places' ids. */
  readonly size: number;
  /** By user, what is learned. */
  readonly histories: readonly Visits[];
  readonly questions: readonly VisitQuestion[];
  readonly locations: readonly (Location | undefined)[];
}

/** The questions of `test_id.json`, over `train_data.csv`. Throws as the readers. */
export async function promptedCheckIns(folder: string): Promise<PlaceLog> {
  const byUser = await visitsByUser(readLocalCheckIns(folder, ['train_data.csv']));
  const asked = await readQuestions(folder);
  const places = new Places([
    ...[...byUser.values()].flat(),
    ...asked.flatMap(({ visits, target, at }) => [...visits, { itemId: target, at }]),
  ]);
  const questions = asked.map(({ userId, visits, at, target }) => {
    const before = (byUser.get(userId) ?? []).filter((visit) => visit.at < at);
    return {
      query: { ...places.visits(inOrder([...before, ...visits])), at },
      target: places.numberOf(target),
    };
  });
  const histories = [...byUser.values()].map((visits) => places.visits(visits));
  return { size: places.size, histories, questions, locations: [] };
}

const FEWEST = 5;

/** The last check-in of each user with five or more, in local time. Throws as the reader. */
export async function lastCheckIns(folder: string): Promise<PlaceLog> {
  const known = new Map<string, Location>();
  const byUser = await visitsByUser(readCheckIns(folder), ({ itemId, place: { attributes } }) => {
    const { latitude, longitude } = attributes;
    known.set(itemId, { latitude: Number(latitude), longitude: Number(longitude) });
  });
  const places = new Places([...byUser.values()].flat());
  const histories: Visits[] = [];
  const questions: VisitQuestion[] = [];
  for (const visits of byUser.values()) {
    const last = visits.length < FEWEST ? undefined : visits.pop();
    const history = places.visits(visits);
    histories.push(history);
    if (last === undefined) continue;
    questions.push({ query: { ...history, at: last.at }, target: places.numberOf(last.itemId) });
  }
  const locations = places.itemIds.map((itemId) => known.get(itemId));
  return { size: places.size, histories, questions, locations };
}

class Places {
  readonly itemIds: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(visits: readonly Visit[]) {
    this.itemIds = [...new Set(visits.map(({ itemId }) => itemId))].sort(compareIds);
    this.#numbers = new Map(this.itemIds.map((itemId, number) => [itemId, number]));
  }

  get size(): number {
    return this.itemIds.length;
  }

  numberOf(itemId: string): number {
    return this.#numbers.get(itemId)!;
  }

  visits(visits: readonly Visit[]): Visits {
    return {
      items: visits.map(({ itemId }) => this.numberOf(itemId)),
      times: visits.map(({ at }) => at),
    };
  }
}

const MINUTE_MS = 60_000;

/** Each user's check-ins in local time, oldest first, without repeated rows. */
async function visitsByUser(
  reads: AsyncIterable<Read<CheckIn>[]>,
  look?: (row: CheckIn) => void,
): Promise<Map<string, Visit[]>> {
  const byUser = new Map<string, Visit[]>();
  for await (const row of readable(reads)) {
    look?.(row);
    const offset = Number(row.place.attributes.utcOffsetMinutes ?? 0);
    const visit = { itemId: row.itemId, at: row.at + offset * MINUTE_MS };
    const own = byUser.get(row.userId);
    if (own) own.push(visit);
    else byUser.set(row.userId, [visit]);
  }
  for (const [user, visits] of byUser) byUser.set(user, inOrder(visits));
  return byUser;
}

/** Visits in order of time, each once; those of the same minute stay in their order. */
function inOrder(visits: readonly Visit[]): Visit[] {
  const once = new Map(visits.map((visit) => [`${visit.itemId} ${visit.at}`, visit]));
  return [...once.values()].sort((a, b) => a.at - b.at);
}
