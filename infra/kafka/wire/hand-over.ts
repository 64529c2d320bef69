// Bytes as the client's connections want them to be handed over: in its own encoder.
import { createRequire } from 'node:module';

interface Encoder {
  buf: Buffer;
  offset: number;
}

const ClientEncoder = createRequire(import.meta.url)('kafkajs/src/protocol/encoder') as {
  new (bytes: number): Encoder;
};

export function handOver(bytes: Buffer): Encoder {
  const encoder = new ClientEncoder(1);
  encoder.buf = bytes;
  encoder.offset = bytes.length;
  return encoder;
}
