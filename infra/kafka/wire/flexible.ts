// Calls in the flexible form of the protocol (KIP-482): tagged fields end the header and the body, and we
// write none.
import { BufferReader, BufferWriter } from './buffers.ts';
import type { Call } from './cluster.ts';
import { handOver } from './hand-over.ts';

export interface FlexibleApi {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
}

/**
 * A call from what its body holds and what its answer says.
 * @param most largest size of the request, bytes
 */
export function flexibleCall<T>(
  api: FlexibleApi,
  most: number,
  write: (out: BufferWriter) => void,
  read: (from: BufferReader) => T,
): Call<T> {
  return {
    request: {
      ...api,
      async encode() {
        const out = new BufferWriter(most);
        out.int8(0); // no tagged fields in the header
        write(out);
        out.int8(0); // no tagged fields
        return handOver(out.done());
      },
    },
    response: {
      async decode(payload) {
        const from = new BufferReader(payload);
        from.tags(); // of the header
        return read(from);
      },
      parse: async (decoded) => decoded,
    },
  };
}
