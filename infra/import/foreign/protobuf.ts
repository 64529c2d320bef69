// Protobuf of another system, by the schema that its writer registered, in the wire format of Confluent's
// serializer: behind the schema's id the place of the message in the file.
import proto from 'protobufjs';
import { headerBytes } from '../../../schemas/codec.ts';
import type { ForeignFormat } from '../../../schemas/topic.ts';

export const protobuf: ForeignFormat = { name: 'protobuf', bySchema: true, reader };

/** @param schema the text of the `.proto` file */
function reader(schema: unknown) {
  const { root } = proto.parse(String(schema), { keepCase: true });
  root.resolveAll();
  const messages = messagesIn(root);
  return (bytes: Buffer) => {
    const head = proto.Reader.create(bytes.subarray(headerBytes));
    const type = messageAt(messages, placeIn(head));
    const message = type.decode(proto.Reader.create(bytes.subarray(headerBytes + head.pos)));
    // Fields that were not written have the defaults of the format, as every reader of it has them.
    return type.toObject(message, { longs: String, enums: String, bytes: String, defaults: true });
  };
}

/** Places of the message from the outermost to the innermost; a single 0 stands for the first. */
function placeIn(head: proto.Reader): number[] {
  const count = head.sint32();
  if (count === 0) return [0];
  if (count < 0 || count > 100) throw new Error(`it names a message ${count} deep`);
  return Array.from({ length: count }, () => head.sint32());
}

function messagesIn(within: proto.NamespaceBase): proto.Type[] {
  return within.nestedArray.flatMap((one) => {
    if (one instanceof proto.Type) return [one];
    // A package is a namespace around the messages.
    return one instanceof proto.Namespace ? messagesIn(one) : [];
  });
}

function messageAt(messages: readonly proto.Type[], place: readonly number[]): proto.Type {
  const [first, ...rest] = place;
  const found = messages[first ?? 0];
  if (!found) throw new Error(`its schema has no message ${place.join('.')}`);
  const inner = found.nestedArray.filter((one) => one instanceof proto.Type);
  return rest.length === 0 ? found : messageAt(inner, rest);
}
