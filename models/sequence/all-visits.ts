// What all users' visits say of the next: how often a place is visited, at such an hour, after and near
// which others, and how far it is.
import { ItemKnn } from '../baseline/item-knn.ts';
import { hourOf, hours, type VisitQuery, type Visits } from './visits.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { floor, hypot, cos, log1p, sqrt, PI } = Math;

/** Names of the columns in order, with the weights they start from. */
export const ALL = [
  ['visits: ln(1 + ·)', 0.1],
  ['visits near this hour: ln(1 + ·)', 0.1],
  ['next of others within 3 hours: ln(1 + 30 ·)', 0.01],
  ['next of others, later: ln(1 + 30 ·)', 0.01],
  ['near the last 10 or so: √', 0.05],
  ['near the last 3 or so: ln(1 + 30 ·)', 0.01],
  ['nearness in km within 3 hours: −ln(1 + ·)', 0],
  ['nearness in km, later: −ln(1 + ·)', 0],
] as const;

export interface Location {
  /** Degrees north and east. */
  readonly latitude: number;
  readonly longitude: number;
}

/** Number of earlier visits that a visit is paired with. */
const WINDOW = 10;

export class AllVisits {
  readonly #size: number;
  readonly #locations: readonly (Location | undefined)[];
  readonly #counts: Float64Array;
  /** Counts by hour of the day, then place. */
  readonly #byHour: Float64Array[];
  readonly #next = new ItemKnn({ window: 1, recency: 0 });
  readonly #near = new ItemKnn({ window: WINDOW, recency: 0.9 });
  readonly #nearest = new ItemKnn({ window: WINDOW, recency: 0.6 });

  /** @param locations of the places where they are known; others have the nearness 0 */
  constructor(size: number, locations: readonly (Location | undefined)[] = []) {
    this.#size = size;
    this.#locations = locations;
    this.#counts = new Float64Array(size);
    this.#byHour = Array.from({ length: 24 }, () => new Float64Array(size));
  }

  /** Learns the visits from `from` on. */
  learn({ items, times }: Visits, from = 0): void {
    for (let i = from; i < items.length; i++) {
      const item = items[i]!;
      this.#counts[item]! += 1;
      this.#byHour[floor(hourOf(times[i]!))]![item]! += 1;
      const earlier = items.slice(Math.max(0, i - WINDOW), i);
      this.#next.learn(item, earlier);
      this.#near.learn(item, earlier);
      this.#nearest.learn(item, earlier);
    }
  }

  /** Fills the columns, each as long as the number of places. */
  fill({ items, times, at }: VisitQuery, columns: readonly Float64Array[]): void {
    for (const column of columns) column.fill(0);
    const hour = floor(hourOf(at));
    const around = [hour, (hour + 1) % 24, (hour + 23) % 24].map((h) => this.#byHour[h]!);
    const gap = items.length === 0 ? Number.POSITIVE_INFINITY : hours(at - times.at(-1)!);
    const [soon, later] = [gap < 3 ? 0 : 1, gap < 3 ? 6 : 7];
    const [visits, ofHour] = columns as [Float64Array, Float64Array];
    const next = this.#next.scores(items, this.#size);
    const near = this.#near.scores(items, this.#size);
    const nearest = this.#nearest.scores(items, this.#size);
    for (let item = 0; item < this.#size; item++) {
      visits[item] = log1p(this.#counts[item]!);
      ofHour[item] = log1p(around[0]![item]! + 0.5 * (around[1]![item]! + around[2]![item]!));
      if (next[item] !== 0) columns[2 + soon]![item] = log1p(30 * next[item]!);
      if (near[item] !== 0) columns[4]![item] = sqrt(near[item]!);
      if (nearest[item] !== 0) columns[5]![item] = log1p(30 * nearest[item]!);
    }
    const last = this.#locations[items.at(-1) ?? -1];
    if (last) this.#fillNearness(last, columns[later]!);
  }

  #fillNearness(from: Location, column: Float64Array): void {
    for (let item = 0; item < this.#size; item++) {
      const to = this.#locations[item];
      if (to) column[item] = -log1p(kilometres(from, to));
    }
  }
}

/** Distance on a plane that touches the globe at the first place: right to 1 % within a city. */
export function kilometres(from: Location, to: Location): number {
  const degree = 111.2;
  const north = (to.latitude - from.latitude) * degree;
  const east = (to.longitude - from.longitude) * degree * cos((from.latitude * PI) / 180);
  return hypot(north, east);
}
