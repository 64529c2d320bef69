// Columns of scores for the next item of a history: neighbours of several kinds, vectors, popularity, and
// texts where there are any.
import type { Column } from './blend.ts';
import { Factors } from './factors.ts';
import { SequenceNeighbours } from './neighbours.ts';
import { Pairs, type Sequence } from './pairs.ts';
import type { ItemTexts } from './text-columns.ts';

/** A history whose next item is asked for. */
export interface Moment {
  /** Oldest first. */
  readonly history: Sequence;
  /** Index of the user's own sequence among those learned; −1 if it is not there. */
  readonly own: number;
}

const { log1p, sqrt } = Math;
const ANY = 50;
const WIDTH = 64;

/** Columns that have learned some sequences; what they learn of an item comes from these alone. */
export function historyColumns(sequences: readonly Sequence[], size: number): Column<Moment>[] {
  const near = { window: ANY, falloff: 1, forward: 1, backward: 0.5 };
  const base = new Pairs(sequences, size, near);
  const common = new Pairs(sequences, size, { ...near, falloff: 0.5, popular: 0.2 });
  const wide = new Pairs(sequences, size, {
    ...{ window: ANY, falloff: 0.25, forward: 1, backward: 1 },
    ...{ length: 0.5, popular: 0.6 },
  });
  const next = new Pairs(sequences, size, { window: 1, falloff: 0, forward: 1, backward: 0 });
  const factors = new Factors(wide, size, Math.min(WIDTH, Math.max(1, size >> 2)));
  const neighbours = new SequenceNeighbours(sequences, size);
  const [count, late] = [new Float64Array(size), new Float64Array(size)];
  for (const sequence of sequences) {
    let weight = 1;
    for (let i = sequence.length - 1; i >= 0; i--, weight /= 2) {
      count[sequence[i]!]! += 1;
      late[sequence[i]!]! += weight;
    }
  }
  const each = (column: Float64Array, of: (value: number) => number) => {
    for (let item = 0; item < size; item++)
      if (column[item] !== 0) column[item] = of(column[item]!);
  };
  const pairs = (
    name: string,
    start: number,
    table: Pairs,
    keep: number,
    of: (value: number) => number,
    most = ANY,
  ): Column<Moment> => ({
    name,
    start,
    fill: (column, { history }) => {
      table.fill(column, history, keep, most);
      each(column, of);
    },
  });
  return [
    pairs('near: √', 0.3, base, 0.75, sqrt),
    pairs('near: ln', 0.1, base, 0.75, (x) => log1p(1000 * x)),
    pairs('near the whole history: √', 0, base, 0.95, sqrt),
    pairs('near the last', 0.05, base, 0.5, sqrt, 1),
    pairs('near, popular ones too', 0, common, 0.75, (x) => log1p(10 * x)),
    pairs('together, any order', 0, wide, 0.9, (x) => log1p(1000 * x)),
    pairs('right after the last three', 0, next, 0.6, sqrt, 3),
    {
      name: 'histories alike',
      start: 0.05,
      fill: (column, { history, own }) => {
        neighbours.fill(column, history, own);
        each(column, log1p);
      },
    },
    {
      name: 'vectors',
      start: 0.05,
      fill: (column, { history }) => factors.fill(column, history, 0.8),
    },
    {
      name: 'vectors of the last',
      start: 0.05,
      fill: (column, { history }) => factors.fill(column, history, 0.4),
    },
    { name: 'popularity', start: 0, fill: (column) => column.set(count.map(log1p)) },
    {
      name: 'popular late in histories',
      start: 0.3,
      fill: (column) => column.set(late.map(log1p)),
    },
  ];
}

/** Columns by the items' texts, and by pairs of items whose texts are alike. */
export function textColumns(
  sequences: readonly Sequence[],
  { vectors, alike, brandOf, ofBrand }: ItemTexts,
): Column<Moment>[] {
  const size = brandOf.length;
  const base = new Pairs(sequences, size, { window: 20, falloff: 1, forward: 1, backward: 0.5 });
  return [
    {
      name: 'text like the last',
      start: 0.2,
      fill: (c, { history }) => vectors.fill(c, history, 0, 1),
    },
    {
      name: 'text like the history',
      start: 0.1,
      fill: (c, { history }) => vectors.fill(c, history, 0.8),
    },
    {
      name: 'near what is like the last',
      start: 0.05,
      fill: (column, { history }) => {
        const last = history.at(-1);
        if (last === undefined) return;
        for (const { row, score } of alike[last]!) base.addRow(row, score, column);
        for (let item = 0; item < size; item++) column[item] = sqrt(column[item]!);
      },
    },
    {
      name: 'brands of the history',
      start: 0.1,
      fill: (column, { history }) => {
        let weight = 1;
        for (let i = history.length - 1; i >= 0; i--, weight *= 0.7) {
          for (const item of ofBrand.get(brandOf[history[i]!]!) ?? []) column[item]! += weight;
        }
      },
    },
  ];
}

/** Columns for logs in which an item may come again. */
export function repeatColumns(): Column<Moment>[] {
  return [
    {
      name: 'the last once more',
      start: 0.1,
      fill: (column, { history }) => {
        if (history.length > 0) column[history.at(-1)!] = 1;
      },
    },
    {
      name: 'came before',
      start: 0,
      fill: (column, { history }) => {
        for (const item of history) column[item]! += 1;
      },
    },
  ];
}
