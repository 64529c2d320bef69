// A tuned adapter on the topic of snapshots, from where running services take it.
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { snapshotRecords } from '../../streams/engine/snapshots.ts';
import { adapterPolicy } from '../../streams/enrichers/llm-scheduler.ts';
import { sendRecords } from '../keep-records.ts';
import type { Streams } from '../streams.ts';

/**
 * @param model name of the model that the adapter was tuned for; services with another model ignore
 * it
 * @param bytes content of its GGUF file; empty to take adapters out of service
 */
export async function publishAdapter(
  streams: Streams,
  model: string,
  version: number,
  bytes: Uint8Array,
): Promise<void> {
  const head = { policy: adapterPolicy(model), version, at: Date.now(), offsets: [] };
  // One by one: together they are more than a broker takes in one batch.
  for (const record of snapshotRecords(head, bytes)) {
    await sendRecords(streams, snapshots, [record]);
  }
}
