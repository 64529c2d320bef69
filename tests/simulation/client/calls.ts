// Requests that the runtime encodes itself, as the brokers here take them, and their answers as the bytes
// that it decodes.

import { BufferReader, BufferWriter } from '../../../infra/kafka/wire/buffers.ts';
import type { Call } from '../../../infra/kafka/wire/cluster.ts';
import type { Answer, Ask, Send } from '../broker/api.ts';

/** Makes a call of the runtime as a request to a simulated broker. */
export async function makeCall<T>({ request, response }: Call<T>, send: Send): Promise<T> {
  const { buf } = (await request.encode()) as { buf: Buffer };
  const from = new BufferReader(buf);
  let payload: Buffer;
  if (request.apiName === 'Produce') payload = produced(await send('produce', produceOf(from)));
  else if (request.apiName === 'Fetch') payload = fetched(await send('fetch', fetchOf(buf)));
  else if (request.apiName === 'InitProducerId') {
    payload = renewed(await send('initProducerId', renewalOf(buf)));
  } else throw new Error(`The simulated brokers know no ${request.apiName}.`);
  return response.parse(await response.decode(payload));
}

function produceOf(from: BufferReader): Ask<'produce'> {
  const transactionalId = from.string();
  from.skip(2 + 4);
  const batches = eachPartition(from, (topic) => ({
    topic,
    partition: from.int32(),
    batch: from.bytes(),
  }));
  return { transactionalId, batches };
}

function produced({ partitions }: Answer<'produce'>): Buffer {
  const out = new BufferWriter(64 + partitions.length * 300);
  out.int32(partitions.length);
  for (const { topic, partition, errorCode, baseOffset } of partitions) {
    out.string(topic);
    out.int32(1);
    out.int32(partition);
    out.int16(errorCode);
    out.int64(BigInt(baseOffset));
    out.int64(-1n);
    out.int64(0n);
  }
  out.int32(0);
  return out.done();
}

function fetchOf(bytes: Buffer): Ask<'fetch'> {
  const from = new BufferReader(bytes);
  from.skip(4);
  const maxWaitMs = from.int32();
  const minBytes = from.int32();
  from.skip(4 + 1 + 8);
  const committed = bytes[16] === 1;
  const partitions = eachPartition(from, (topic) => {
    const partition = from.int32();
    from.skip(4);
    const offset = Number(from.int64());
    from.skip(8 + 4);
    return { topic, partition, offset };
  });
  return { committed, maxWaitMs, minBytes, partitions };
}

function fetched({ partitions }: Answer<'fetch'>): Buffer {
  let size = 64;
  for (const { bytes, aborted } of partitions) size += 400 + bytes.length + aborted.length * 16;
  const out = new BufferWriter(size);
  out.int32(0);
  out.int16(0);
  out.int32(0);
  out.int32(partitions.length);
  for (const one of partitions) {
    out.string(one.topic);
    out.int32(1);
    out.int32(one.partition);
    out.int16(one.errorCode);
    out.int64(BigInt(one.highWatermark));
    out.int64(BigInt(one.lastStable));
    out.int64(BigInt(one.logStart));
    out.int32(one.aborted.length);
    for (const { producerId, firstOffset } of one.aborted) {
      out.int64(BigInt(producerId));
      out.int64(BigInt(firstOffset));
    }
    out.bytes(one.bytes);
  }
  return out.done();
}

/** @param bytes InitProducerId 4 with a transactional id of less than 127 bytes */
function renewalOf(bytes: Buffer): Ask<'initProducerId'> {
  const length = bytes.readUInt8(1) - 1;
  const at = 2 + length;
  return {
    transactionalId: bytes.toString('utf8', 2, at),
    timeoutMs: bytes.readInt32BE(at),
    holder: {
      producerId: Number(bytes.readBigInt64BE(at + 4)),
      producerEpoch: bytes.readInt16BE(at + 12),
    },
  };
}

function renewed({ errorCode, producerId, producerEpoch }: Answer<'initProducerId'>): Buffer {
  const out = new BufferWriter(32);
  out.int8(0);
  out.int32(0);
  out.int16(errorCode);
  out.int64(BigInt(producerId));
  out.int16(producerEpoch);
  out.int8(0);
  return out.done();
}

/** Reads an array of topics with an array of partitions each. */
function eachPartition<T>(from: BufferReader, read: (topic: string) => T): T[] {
  const all: T[] = [];
  for (let topics = from.int32(); topics > 0; topics--) {
    const topic = from.string();
    for (let count = from.int32(); count > 0; count--) all.push(read(topic));
  }
  return all;
}
