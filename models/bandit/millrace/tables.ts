// The learner's hashed tables, which are saved by the rows in use.
import type { DecodedParts, Numbers } from '../../codec.ts';
import { putRows, rowsInUse, takeRows } from '../../rows.ts';
import type { ClickModel } from './click-model.ts';
import { EXPOSED_USER_WIDTH } from './exposure.ts';
import { PAIR_WIDTH, type Statistics, USER_WIDTH } from './statistics.ts';
import { LINE_WIDTH } from './user-lines.ts';
import type { ValueModel } from './value-model.ts';

/** The hashed tables that share rows; `used` is the one whose non-zero rows are those in use. */
export interface Table {
  readonly name: string;
  readonly width: number;
  readonly used: Float32Array;
  readonly others: readonly Float32Array[];
}

export function tablesOf(
  { user, pair, exposure, lines }: Statistics,
  { sparse, factors }: ClickModel,
  values: ValueModel,
): Table[] {
  return [
    { name: 'exposed', width: EXPOSED_USER_WIDTH, used: exposure.user, others: [] },
    { name: 'lines', width: LINE_WIDTH, used: lines.rows, others: [] },
    { name: 'user', width: USER_WIDTH, used: user, others: [] },
    { name: 'pair', width: PAIR_WIDTH, used: pair, others: [] },
    { name: 'sparse', width: 1, used: sparse.squares, others: [sparse.weights] },
    { name: 'factors', width: factors.width, used: factors.squares, others: [factors.values] },
    {
      name: 'valueFactors',
      width: values.factors.width,
      used: values.factors.squares,
      others: [values.factors.values],
    },
  ];
}

export function packTables(tables: readonly Table[]): Record<string, Numbers> {
  const packed: Record<string, Numbers> = {};
  for (const { name, width, used, others } of tables) {
    const rows = rowsInUse(used, width);
    packed[`${name}Rows`] = rows;
    for (const [i, table] of [used, ...others].entries()) {
      packed[`${name}${i}`] = takeRows(table, rows, width);
    }
  }
  return packed;
}

export function unpackTables(tables: readonly Table[], parts: DecodedParts): void {
  for (const { name, width, used, others } of tables) {
    const rows = parts.i32(`${name}Rows`);
    for (const [i, table] of [used, ...others].entries()) {
      putRows(table, rows, width, parts.f32(`${name}${i}`));
    }
  }
}
