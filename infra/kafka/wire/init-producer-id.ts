// Takes a new epoch of a transactional id for the producer that holds it (KIP-360): whatever transaction is
// open is aborted, one that was about to end is ended, and the producer is refused if another holds the id.
// The client knows only the older form, by which whoever asks becomes the holder.
// Format: https://kafka.apache.org/protocol (InitProducerId 4, flexible)
import type { Call } from './cluster.ts';
import { flexibleCall } from './flexible.ts';

export interface Renewed {
  readonly errorCode: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly clientSideThrottleTime: number;
}

/** @param timeoutMs time after which the broker aborts an open transaction, ms */
export function renewProducerIdCall(
  transactionalId: string,
  timeoutMs: number,
  producerId: string,
  producerEpoch: number,
): Call<Renewed> {
  return flexibleCall(
    { apiKey: 22, apiVersion: 4, apiName: 'InitProducerId' },
    64 + transactionalId.length * 3,
    (out) => {
      out.compactString(transactionalId);
      out.int32(timeoutMs);
      out.int64(BigInt(producerId));
      out.int16(producerEpoch);
    },
    (from) => {
      const clientSideThrottleTime = from.int32();
      const errorCode = from.int16();
      const id = String(from.int64());
      return { errorCode, producerId: id, producerEpoch: from.int16(), clientSideThrottleTime };
    },
  );
}
