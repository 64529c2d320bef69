// Hashed tables are mostly untouched: only the rows in use need saving.

/** Indices of the rows of `width` numbers that hold a number other than 0. */
export function rowsInUse(table: Float32Array, width: number): Int32Array {
  const rows: number[] = [];
  for (let at = 0; at < table.length; at++) {
    if (table[at] === 0) continue;
    const row = Math.floor(at / width);
    rows.push(row);
    at = (row + 1) * width - 1;
  }
  return Int32Array.from(rows);
}

/** The given rows of a table, end to end. */
export function takeRows(table: Float32Array, rows: Int32Array, width: number): Float32Array {
  const taken = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    for (let column = 0; column < width; column++) {
      taken[i * width + column] = table[from + column]!;
    }
  }
  return taken;
}

/** Puts rows back into a table: the inverse of `takeRows`. */
export function putRows(
  table: Float32Array,
  rows: Int32Array,
  width: number,
  values: Float32Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    for (let column = 0; column < width; column++) {
      table[from + column] = values[i * width + column]!;
    }
  }
}
