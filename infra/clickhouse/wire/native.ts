// The Native format as a client of a certain protocol version reads it.
//
// The engine in this process writes Native as for version 0. From version 1 on, a block begins with
// its info; from 54454 on, each column says whether its serialization is a special one (it is not).
// Source: ClickHouse, src/Formats/NativeWriter.cpp, src/Core/ProtocolDefines.h.
import { Cursor, shapeOf } from './native-types.ts';

const withSerializationKind = 54_454;

/** Block info: not of overflow rows (field 1), of no bucket (field 2, Int32 −1), end. */
const blockInfo = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0]);
const defaultKind = Buffer.from([0]);

/** @param blocks a stream of blocks in the Native format of version 0
 * @param version of the client's protocol
 * @throws refusal 48 for a column that cannot be passed over */
export function nativeFor(blocks: Buffer, version: number): Buffer {
  if (version <= 0) return blocks;
  const pieces: Buffer[] = [];
  const cursor = new Cursor(blocks);
  let kept = 0;
  const cut = () => {
    pieces.push(blocks.subarray(kept, cursor.at));
    kept = cursor.at;
  };
  while (cursor.at < blocks.length) {
    pieces.push(blockInfo);
    const columns = cursor.varUInt();
    const rows = cursor.varUInt();
    for (let column = 0; column < columns; column += 1) {
      cursor.text();
      const shape = shapeOf(cursor.text());
      if (version >= withSerializationKind) {
        cut();
        pieces.push(defaultKind);
      }
      if (rows === 0) continue;
      shape.prefix(cursor);
      shape.data(cursor, rows);
    }
    cut();
  }
  return Buffer.concat(pieces);
}
