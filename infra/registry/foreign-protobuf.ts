// Protobuf of another system, by the schema that its writer registered, in the wire format of Confluent's
// serializer: behind the schema's id the place of the message in the file.
import protobuf from 'protobufjs';
import { headerBytes } from '../../schemas/codec.ts';
import type { RowReader } from './foreign-codec.ts';

/** @param schema the text of the `.proto` file @throws Error for one that cannot be read */
export function protobufReader(schema: unknown): RowReader {
  const { root } = protobuf.parse(String(schema), { keepCase: true });
  root.resolveAll();
  const messages = messagesIn(root);
  return (bytes) => {
    const reader = protobuf.Reader.create(bytes.subarray(headerBytes));
    const type = messageAt(messages, placeIn(reader));
    const message = type.decode(protobuf.Reader.create(bytes.subarray(headerBytes + reader.pos)));
    // Fields that were not written have the defaults of the format, as every reader of it has them.
    return type.toObject(message, { longs: String, enums: String, bytes: String, defaults: true });
  };
}

/** Places of the message from the outermost to the innermost; a single 0 stands for the first. */
function placeIn(reader: protobuf.Reader): number[] {
  const count = reader.sint32();
  if (count === 0) return [0];
  if (count < 0 || count > 100) throw new Error(`it names a message ${count} deep`);
  return Array.from({ length: count }, () => reader.sint32());
}

function messagesIn(within: protobuf.NamespaceBase): protobuf.Type[] {
  return within.nestedArray.flatMap((one) => {
    if (one instanceof protobuf.Type) return [one];
    // A package is a namespace around the messages.
    return one instanceof protobuf.Namespace ? messagesIn(one) : [];
  });
}

function messageAt(messages: readonly protobuf.Type[], place: readonly number[]): protobuf.Type {
  const [first, ...rest] = place;
  const found = messages[first ?? 0];
  if (!found) throw new Error(`its schema has no message ${place.join('.')}`);
  const inner = found.nestedArray.filter((one) => one instanceof protobuf.Type);
  return rest.length === 0 ? found : messageAt(inner, rest);
}
