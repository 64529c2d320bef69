// A slate of which some places are taken or narrowed before anything is drawn: items pinned to positions,
// positions for some candidates alone, at most so many of a set. What is left is drawn position by position,
// each from the probabilities renormalised over what may stand there, so each propensity is exact.
import type { Random } from './random.ts';

/** At most `most` of some candidates in a slate. */
export interface Cap {
  /** Indices of the candidates. */
  readonly members: readonly number[];
  readonly most: number;
  /** Positions of slots each of whose candidates is a member: the places above keep room for them. */
  readonly keeps: readonly number[];
}

export interface Arrangement {
  /** Number of candidates. */
  readonly size: number;
  /** Candidate that is pinned to a position of the slate, by position; each candidate once at most. */
  readonly pins: ReadonlyMap<number, number>;
  /** Candidates that a position is for, one at least; any of the others where none of them is left. */
  readonly slots: ReadonlyMap<number, ReadonlySet<number>>;
  readonly caps: readonly Cap[];
  /** Natural logarithm of what each candidate's odds are multiplied by; undefined for none. */
  readonly boosts: Float64Array | undefined;
}

/** A place of the slate: what may stand there, given what stands above it. */
export interface Place {
  /** Position that it was planned for; one above it that nothing may take is left out of the slate. */
  readonly planned: number;
  /** Candidates that may stand there, one for a pin; undefined where all that are left may. */
  readonly allowed: readonly number[] | undefined;
  readonly isPinned: boolean;
  /** Whether it is for some candidates, and one of them is left. */
  readonly isSlot: boolean;
  /** Caps by which a candidate that is left may not stand there. */
  readonly closed: readonly number[];
}

/** Goes through the places of a slate from the top. What may stand in one depends on what was taken alone. */
export class Walk {
  private readonly arrangement: Arrangement;
  private readonly k: number;
  /** Whether a candidate is left, 1 or 0; pinned ones never are. */
  readonly left: Uint8Array;
  /** Caps that each candidate is in. */
  private readonly capsOf: readonly (readonly number[] | undefined)[];
  /** How many more of each cap may be taken. */
  private readonly room: number[];
  /** Positions of each set of slots. */
  private readonly positionsOf = new Map<ReadonlySet<number>, number[]>();
  private position = -1;

  constructor(arrangement: Arrangement, k: number) {
    const { size, pins, caps } = arrangement;
    this.arrangement = arrangement;
    this.k = k;
    this.left = new Uint8Array(size).fill(1);
    const pinned = new Set(pins.values());
    for (const index of pinned) this.left[index] = 0;
    const capsOf: (number[] | undefined)[] = new Array(size);
    for (const [cap, { members }] of caps.entries()) {
      for (const index of members) capsOf[index] = [...(capsOf[index] ?? []), cap];
    }
    this.capsOf = capsOf;
    // Pins count from the start, wherever they stand.
    for (const [position, set] of arrangement.slots) {
      this.positionsOf.set(set, [...(this.positionsOf.get(set) ?? []), position]);
    }
    this.room = caps.map(
      ({ members, most }) => most - members.filter((index) => pinned.has(index)).length,
    );
  }

  /** Candidates that are kept for slots further down: as few are left as these have positions. */
  private keptFor(planned: number): ReadonlySet<number> {
    const kept = new Set<number>();
    for (const [set, positions] of this.positionsOf) {
      if (positions.includes(planned)) continue;
      const below = positions.filter((position) => position > planned).length;
      if (below === 0) continue;
      const left = [...set].filter((index) => this.left[index] === 1);
      if (left.length <= below) for (const index of left) kept.add(index);
    }
    return kept;
  }

  /** The next place that something may take; undefined at the end of the slate. */
  next(): Place | undefined {
    while (++this.position < this.k) {
      const place = this.placeAt(this.position);
      if (place) return place;
    }
    return undefined;
  }

  /** Takes a candidate. @param isPinned whether it was pinned, and so was counted before */
  take(index: number, { isPinned }: Place): void {
    this.left[index] = 0;
    if (isPinned) return;
    for (const cap of this.capsOf[index] ?? []) this.room[cap]! -= 1;
  }

  private placeAt(planned: number): Place | undefined {
    const { pins, slots, caps } = this.arrangement;
    const pinned = pins.get(planned);
    if (pinned !== undefined) {
      return { planned, allowed: [pinned], isPinned: true, isSlot: false, closed: [] };
    }
    const isFull = caps.map(({ keeps }, cap) => {
      const below = keeps.includes(planned) ? 0 : keeps.filter((one) => one > planned).length;
      return this.room[cap]! - below <= 0;
    });
    const kept = this.keptFor(planned);
    const open: number[] = [];
    const closed = new Set<number>();
    let leftOver = false;
    for (let i = 0; i < this.left.length; i++) {
      if (this.left[i] === 0) continue;
      const by = this.capsOf[i]?.find((cap) => isFull[cap]);
      if (by === undefined && !kept.has(i)) open.push(i);
      else {
        leftOver = true;
        if (by === undefined) continue;
        for (const cap of this.capsOf[i]!) if (isFull[cap]) closed.add(cap);
      }
    }
    const slot = slots.get(planned);
    const matching = slot ? open.filter((index) => slot.has(index)) : [];
    const isSlot = matching.length > 0;
    const allowed = isSlot ? matching : open;
    if (allowed.length === 0) return undefined;
    const isNarrowed = leftOver || allowed.length < open.length;
    return {
      planned,
      allowed: isNarrowed ? allowed : undefined,
      isPinned: false,
      isSlot,
      closed: [...closed],
    };
  }
}

/**
 * Draws up to k items by probabilities that are 0 for pinned candidates. Where what may stand has no
 * probability to the last bit, each of it is as likely.
 */
export function drawArranged(
  arrangement: Arrangement,
  probabilities: Float64Array,
  k: number,
  random: Random,
): number[] {
  const walk = new Walk(arrangement, k);
  const chosen: number[] = [];
  for (let place = walk.next(); place; place = walk.next()) {
    const among = place.allowed ?? indicesLeft(walk.left);
    const index = place.isPinned ? among[0]! : drawAmong(among, probabilities, random);
    chosen.push(index);
    walk.take(index, place);
  }
  return chosen;
}

function drawAmong(among: readonly number[], p: Float64Array, random: Random): number {
  const mass = massOf(among, p);
  if (!(mass > 0)) return among[random.below(among.length)]!;
  let point = random.next() * mass;
  let pick = -1;
  for (const index of among) {
    if (p[index]! <= 0) continue;
    pick = index; // rounding may leave `point` positive at the end: the last possible item it is
    point -= p[index]!;
    if (point < 0) break;
  }
  return pick;
}

/** A place of a slate that was drawn, and what was left when it was filled. */
export interface FilledPlace extends Place {
  readonly left: readonly number[];
}

/** The places of a slate that was drawn under the arrangement. */
export function placesOf(
  arrangement: Arrangement,
  chosen: readonly number[],
  k: number,
): FilledPlace[] {
  const walk = new Walk(arrangement, k);
  return chosen.map((index) => {
    const place = walk.next()!;
    const left = indicesLeft(walk.left);
    walk.take(index, place);
    return { ...place, left };
  });
}

/** Probability of each item of a slate given the items above it. */
export function arrangedProbabilities(
  places: readonly FilledPlace[],
  probabilities: Float64Array,
  chosen: readonly number[],
): number[] {
  return places.map(({ isPinned, allowed, left }, j) =>
    isPinned ? 1 : shareAmong(allowed ?? left, probabilities, chosen[j]!),
  );
}

/** The same if any candidate that is left could stand at each position; 1 for a pinned item. */
export function unnarrowedProbabilities(
  places: readonly FilledPlace[],
  probabilities: Float64Array,
  chosen: readonly number[],
): number[] {
  return places.map(({ isPinned, left }, j) =>
    isPinned ? 1 : shareAmong(left, probabilities, chosen[j]!),
  );
}

function shareAmong(among: readonly number[], p: Float64Array, index: number): number {
  const mass = massOf(among, p);
  return mass > 0 ? p[index]! / mass : 1 / among.length;
}

function massOf(among: readonly number[], p: Float64Array): number {
  let mass = 0;
  for (const index of among) mass += p[index]!;
  return mass;
}

function indicesLeft(left: Uint8Array): number[] {
  const indices: number[] = [];
  for (let i = 0; i < left.length; i++) if (left[i] === 1) indices.push(i);
  return indices;
}
