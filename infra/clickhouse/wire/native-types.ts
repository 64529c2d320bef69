// How long a column is in the Native format, by its type; the values themselves are not read.
// Source: ClickHouse, src/DataTypes/Serializations, the bulk form of each.
import { refuse } from '../guard/refuse.ts';

/** A place in the bytes of a stream. */
export class Cursor {
  at = 0;
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  varUInt(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes.readUInt8(this.at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  uint64(): number {
    this.at += 8;
    return Number(this.bytes.readBigUInt64LE(this.at - 8));
  }
  text(): string {
    const length = this.varUInt();
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }
}

interface Shape {
  /** Passes over what stands once before the column's data. */
  prefix(cursor: Cursor): void;
  /** Passes over the data of so many rows. */
  data(cursor: Cursor, rows: number): void;
}

const nothing = () => undefined;
const fixed = (bytes: number): Shape => ({
  prefix: nothing,
  data: (cursor, rows) => {
    cursor.at += bytes * rows;
  },
});

/** Bytes of a value. */
const sizes: Readonly<Record<string, number>> = {
  ...{ UInt8: 1, Int8: 1, Bool: 1, Enum8: 1, Nothing: 1 },
  ...{ UInt16: 2, Int16: 2, Date: 2, Enum16: 2, BFloat16: 2 },
  ...{ UInt32: 4, Int32: 4, Float32: 4, Date32: 4, DateTime: 4, Time: 4, IPv4: 4 },
  ...{ UInt64: 8, Int64: 8, Float64: 8, DateTime64: 8, Time64: 8 },
  ...{ UInt128: 16, Int128: 16, UUID: 16, IPv6: 16, UInt256: 32, Int256: 32 },
};

/** Types that stand for others. */
const aliases: Readonly<Record<string, string>> = {
  Point: 'Tuple(Float64, Float64)',
  Ring: 'Array(Point)',
  LineString: 'Array(Point)',
  Polygon: 'Array(Ring)',
  MultiLineString: 'Array(LineString)',
  MultiPolygon: 'Array(Polygon)',
};

/** @throws refusal 48 for a type whose length cannot be told: AggregateFunction, JSON, Dynamic, Variant */
export function shapeOf(type: string): Shape {
  const open = type.indexOf('(');
  const name = open < 0 ? type : type.slice(0, open);
  const inside = open < 0 ? [] : partsOf(type.slice(open + 1, -1));
  const size = name.startsWith('Interval') ? 8 : sizes[name];
  if (size !== undefined) return fixed(size);
  const alias = aliases[name];
  if (alias !== undefined) return shapeOf(alias);
  const make = makers[name];
  if (make) return make(inside);
  return refuse(
    'NOT_IMPLEMENTED',
    `A column of type ${type} cannot be sent in the Native format to this client; ` +
      'wrap it in toString() or finalizeAggregation(), or ask for another format',
  );
}

const makers: Readonly<Record<string, (inside: string[]) => Shape>> = {
  String: () => ({
    prefix: nothing,
    data: (cursor, rows) => {
      for (let row = 0; row < rows; row += 1) {
        const length = cursor.varUInt();
        cursor.at += length;
      }
    },
  }),
  FixedString: ([bytes]) => fixed(Number(bytes)),
  Decimal: ([precision]) => {
    const digits = Number(precision);
    return fixed(digits > 38 ? 32 : digits > 18 ? 16 : digits > 9 ? 8 : 4);
  },
  Nullable: ([inner = '']) => {
    const shape = shapeOf(inner);
    return {
      prefix: shape.prefix,
      data: (cursor, rows) => {
        cursor.at += rows;
        shape.data(cursor, rows);
      },
    };
  },
  Array: ([inner = '']) => arrayOf(shapeOf(inner)),
  Map: (inside) => arrayOf(tupleOf(inside.map(shapeOf))),
  Nested: (inside) => arrayOf(tupleOf(inside.map((part) => shapeOf(withoutName(part))))),
  Tuple: (inside) => tupleOf(inside.map((part) => shapeOf(withoutName(part)))),
  SimpleAggregateFunction: ([, inner = '']) => shapeOf(inner),
  LowCardinality: ([inner = '']) => lowCardinality(inner),
};

const tupleOf = (shapes: Shape[]): Shape =>
  shapes.length === 0
    ? fixed(1)
    : {
        prefix: (cursor) => {
          for (const shape of shapes) shape.prefix(cursor);
        },
        data: (cursor, rows) => {
          for (const shape of shapes) shape.data(cursor, rows);
        },
      };

const arrayOf = (shape: Shape): Shape => ({
  prefix: shape.prefix,
  data: (cursor, rows) => {
    if (rows === 0) return;
    cursor.at += 8 * (rows - 1);
    // The last offset is the number of values of all rows.
    shape.data(cursor, cursor.uint64());
  },
});

/** Version; then for data: kind of the indexes, keys, indexes. Nothing for no rows. */
function lowCardinality(inner: string): Shape {
  const nullable = /^Nullable\((.*)\)$/s.exec(inner);
  const keys = shapeOf(nullable?.[1] ?? inner);
  return {
    prefix: (cursor) => {
      cursor.at += 8;
    },
    data: (cursor, rows) => {
      if (rows === 0) return;
      const indexBytes = 2 ** (cursor.uint64() & 0xff);
      keys.data(cursor, cursor.uint64());
      cursor.at += 8 + rows * indexBytes;
    },
  };
}

/** Parts between commas, of which those in brackets and quotes are none. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of text.matchAll(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[(),]/gs)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === ',' && depth === 0) {
      parts.push(text.slice(from, index).trim());
      from = index + 1;
    }
  }
  const last = text.slice(from).trim();
  return last === '' ? parts : [...parts, last];
}

/** The type of a tuple's element, which may have a name before it. */
function withoutName(element: string): string {
  return element.replace(/^(?:`(?:[^`\\]|\\.)*`|[A-Za-z_][A-Za-z0-9_]*)\s+(?=[A-Za-z])/s, '');
}
