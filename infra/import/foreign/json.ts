// JSON of another system, with or without the header that a serializer for JSON Schema writes.
import { parseJson } from '../../../datasets/mapping/row.ts';
import { headerBytes } from '../../../schemas/codec.ts';
import type { ForeignFormat } from '../../../schemas/topic.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export const json: ForeignFormat = {
  name: 'json',
  bySchema: false,
  reader: () => (bytes) =>
    parseJson(utf8.decode(bytes[0] === 0 ? bytes.subarray(headerBytes) : bytes)),
};
