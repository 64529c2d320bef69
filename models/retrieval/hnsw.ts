// Nearest rows without looking at all of them: a hierarchical navigable small world graph.
//
// Malkov & Yashunin 2018 (algorithms 1, 2, 4, 5), by inner product of vectors of length 1. Levels come
// from the row's number, so the graph is a function of the vectors and the order in which rows are added.
import { grown } from '../ids.ts';
import { mix32 } from '../random.ts';
import { dot } from './dot.ts';
import { Heap } from './heap.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { floor, log, max, min } = Math;

/** Vectors of length 1, row by row; they may move or change between calls. */
export interface Rows {
  readonly width: number;
  readonly values: Float32Array;
}

export interface HnswOptions {
  /** Number M of links that a row keeps on each level; twice as many on the lowest. @default 12 */
  readonly links?: number;
  /** Number of rows kept in view while linking (efConstruction). @default 40 */
  readonly breadth?: number;
}

export interface Found {
  readonly row: number;
  readonly score: number;
}

export class Hnsw {
  readonly #rows: Rows;
  readonly #links: number;
  readonly #breadth: number;
  readonly #graph: Links;
  /** Level of each row + 1; 0 for a row that is not in the graph. */
  #levels = new Int32Array(0);
  #entry = -1;
  #size = 0;
  /** Number of the search that last came by each row. */
  #seen = new Int32Array(0);
  #searches = 0;
  readonly #open = new Heap();
  readonly #best = new Heap();

  constructor(rows: Rows, options: HnswOptions = {}) {
    this.#rows = rows;
    this.#links = options.links ?? 12;
    this.#breadth = options.breadth ?? 40;
    this.#graph = new Links(this.#links);
  }

  /** Number of rows in the graph. */
  get size(): number {
    return this.#size;
  }

  /** Links a row by its vector as it is now. Call it again when the vector has changed. */
  add(row: number): void {
    this.#levels = grown(this.#levels, row + 1);
    this.#seen = grown(this.#seen, row + 1);
    const isNew = this.#levels[row] === 0;
    const level = this.#levelOf(row);
    this.#graph.make(row, level);
    this.#levels[row] = level + 1;
    if (isNew) this.#size += 1;
    const { width, values } = this.#rows;
    if (this.#entry < 0) {
      this.#entry = row;
      return;
    }
    const from = row * width;
    const top = this.#levels[this.#entry]! - 1;
    let entry = this.#descend(values, from, top, level);
    for (let at = min(level, top); at >= 0; at--) {
      const found = this.#searchLevel(values, from, entry, this.#breadth, at).filter(
        (one) => one.row !== row,
      );
      if (found.length === 0) continue;
      const chosen = this.#select(found, this.#links);
      this.#graph.set(row, at, chosen);
      for (const { row: other, score } of chosen) this.#linkBack(other, row, score, at);
      entry = found[0]!.row;
    }
    if (level > top) this.#entry = row;
  }

  /**
   * About the `n` nearest rows, the nearest first.
   * @param breadth number of rows kept in view (ef), at least n; more is slower and finds more of
   * them
   */
  search(query: Float32Array, n: number, breadth: number): Found[] {
    if (this.#entry < 0 || n <= 0) return [];
    const top = this.#levels[this.#entry]! - 1;
    const entry = this.#descend(query, 0, top, 0);
    return this.#searchLevel(query, 0, entry, max(n, breadth), 0).slice(0, n);
  }

  /** Level of a row, drawn geometrically: each level holds 1 / M of the one below. */
  #levelOf(row: number): number {
    const uniform = ((mix32(row + 0x68_6e_73_77) >>> 0) + 1) / 0x1_0000_0000;
    return floor(-log(uniform) / log(this.#links));
  }

  /** Goes greedily from the entry down to just above `level`. */
  #descend(query: Float32Array, from: number, top: number, level: number): number {
    let nearest = this.#entry;
    let score = this.#score(query, from, nearest);
    for (let at = top; at > level; at--) {
      for (let moved = true; moved; ) {
        moved = false;
        const { links, start, count } = this.#graph.of(nearest, at);
        for (let i = start; i < start + count; i++) {
          const other = this.#score(query, from, links[i]!);
          if (other <= score) continue;
          [nearest, score, moved] = [links[i]!, other, true];
        }
      }
    }
    return nearest;
  }

  /** Up to `breadth` rows near the query, the nearest first (algorithm 2). */
  #searchLevel(query: Float32Array, from: number, entry: number, breadth: number, level: number) {
    const search = ++this.#searches;
    const open = this.#open;
    const best = this.#best;
    open.clear();
    best.clear();
    const first = this.#score(query, from, entry);
    this.#seen[entry] = search;
    open.push(-first, entry);
    best.push(first, entry);
    while (open.size > 0) {
      if (best.size >= breadth && -open.topScore < best.topScore) break;
      const row = open.topRow;
      open.pop();
      const { links, start, count } = this.#graph.of(row, level);
      for (let i = start; i < start + count; i++) {
        const other = links[i]!;
        if (this.#seen[other] === search) continue;
        this.#seen[other] = search;
        const score = this.#score(query, from, other);
        if (best.size >= breadth && score <= best.topScore) continue;
        open.push(-score, other);
        best.offer(score, other, breadth);
      }
    }
    return best.drain();
  }

  /**
   * Rows to link (algorithm 4): near ones that lie in different directions, then the nearest of the
   * others.
   */
  #select(found: readonly Found[], n: number): Found[] {
    if (found.length <= n) return [...found];
    const { width, values } = this.#rows;
    const chosen: Found[] = [];
    const others: Found[] = [];
    for (const one of found) {
      if (chosen.length === n) break;
      const from = one.row * width;
      const apart = chosen.every(({ row }) => this.#score(values, from, row) < one.score);
      (apart ? chosen : others).push(one);
    }
    return [...chosen, ...others.slice(0, n - chosen.length)];
  }

  #linkBack(row: number, added: number, score: number, level: number): void {
    if (this.#graph.push(row, level, added)) return;
    const { width, values } = this.#rows;
    const { links, start, count } = this.#graph.of(row, level);
    const all: Found[] = [{ row: added, score }];
    for (let i = start; i < start + count; i++) {
      if (links[i] === added) return;
      all.push({ row: links[i]!, score: this.#score(values, row * width, links[i]!) });
    }
    all.sort((a, b) => b.score - a.score || a.row - b.row);
    this.#graph.set(row, level, this.#select(all, this.#graph.room(level)));
  }

  #score(query: Float32Array, from: number, row: number): number {
    const { width, values } = this.#rows;
    return dot(query, from, values, row * width, width);
  }
}

/** Place of the links of a row. */
interface Span {
  links: Int32Array;
  start: number;
  count: number;
}

/**
 * Links of every row on every level; those of the lowest, where nearly all are, lie in one array.
 */
class Links {
  readonly #links: number;
  /** For each row, the number of links, then the links. */
  #lowest = new Int32Array(0);
  readonly #upper = new Map<number, Int32Array[]>();
  /** The span that is given out again and again, since a search asks for thousands. */
  readonly #span: Span = { links: this.#lowest, start: 0, count: 0 };

  constructor(links: number) {
    this.#links = links;
  }

  room(level: number): number {
    return level === 0 ? 2 * this.#links : this.#links;
  }

  /** Makes room for a row up to a level, and keeps the links it had. */
  make(row: number, level: number): void {
    this.#lowest = grown(this.#lowest, (row + 1) * (this.room(0) + 1));
    if (level > 0 && !this.#upper.has(row)) {
      this.#upper.set(
        row,
        Array.from({ length: level }, () => new Int32Array(this.#links + 1)),
      );
    }
  }

  of(row: number, level: number): Span {
    const span = this.#span;
    const base = level === 0 ? row * (this.room(0) + 1) : 0;
    span.links = level === 0 ? this.#lowest : this.#upper.get(row)![level - 1]!;
    span.start = base + 1;
    span.count = span.links[base]!;
    return span;
  }

  set(row: number, level: number, chosen: readonly Found[]): void {
    const { links, start } = this.of(row, level);
    for (const [i, one] of chosen.entries()) links[start + i] = one.row;
    links[start - 1] = chosen.length;
  }

  /** Adds a link unless it is there. @returns false if there is no room */
  push(row: number, level: number, added: number): boolean {
    const { links, start, count } = this.of(row, level);
    if (count === this.room(level)) return false;
    for (let i = start; i < start + count; i++) if (links[i] === added) return true;
    links[start + count] = added;
    links[start - 1] = count + 1;
    return true;
  }
}
