// Millrace's side of the comparison, a process of its own: several passes over the same inputs through
// the whole runtime, each with fresh ids, measured as the peer measures itself.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { endsOf, type PartitionEnds } from '../../infra/kafka/read-to-end.ts';
import { Thread } from '../../infra/threads.ts';
import { type Figures, figuresOf, passes } from '../comparison/figures.ts';
import { type OursThread, oursPrefix, oursShape } from '../comparison/ours.ts';
import { benchLog } from '../support/broker.ts';
import { followParent, told } from '../support/child.ts';
import { type Counters, ownCpuSeconds, readCounters } from '../support/proc.ts';
import { attributeStage } from './stage.ts';
import { benchClicks, benchImpressions } from './topics.ts';

/** Time after which a pass has failed, s. */
const limit = 180;

const inputs = [benchImpressions.name, benchClicks.name];

followParent();
const options = oursShape.parse(told());
const counts = new SharedArrayBuffer(4 * options.threads);
const processed = new Int32Array(counts);
const script = new URL('./ours-thread.ts', import.meta.url);
const threads = Array.from(
  { length: options.threads },
  (_, thread) => new Thread(script, { ...options, counts, thread } satisfies OursThread),
);
const failed = Promise.race(threads.map((thread) => thread.failed));

async function onePass(admin: Admin, pass: number, cpuBefore: number): Promise<Figures> {
  const ends = await endsOf(admin, inputs);
  const total = ends.reduce((sum, { high }) => sum + high, 0);
  const group = `${oursPrefix(options.id, pass)}app-${attributeStage().name}`;
  await Promise.all(threads.map((thread) => thread.ask('start', pass)));
  const done = async (): Promise<Counters> => {
    for (const until = performance.now() + limit * 1000; ; await sleep(10)) {
      const sum = processed.reduce((all, one) => all + one, 0);
      if (performance.now() > until) throw new Error(`${sum} of ${total} after ${limit} s`);
      if (sum >= total && (await reached(admin, group, ends))) {
        return readCounters(options.brokerPid);
      }
    }
  };
  const end = await Promise.race([done(), failed]);
  const firsts = await Promise.all(threads.map((thread) => thread.ask<Counters>('stop')));
  const first = firsts.filter(Boolean).reduce((a, b) => (a.at < b.at ? a : b));
  return figuresOf(pass, total, cpuBefore, first, end);
}

/** Whether a group has committed everything, as the broker says. */
async function reached(admin: Admin, groupId: string, ends: readonly PartitionEnds[]) {
  const committed = await admin.fetchOffsets({ groupId, topics: inputs });
  return ends.every(({ topic, partition, high }) => {
    const of = committed.find((one) => one.topic === topic)?.partitions;
    return Number(of?.find((one) => one.partition === partition)?.offset ?? -1) >= high;
  });
}

const admin = connectKafka({ brokers: [options.address] }, benchLog()).admin();
await admin.connect();
for (let pass = 1, cpuBefore = 0; pass <= passes; pass++) {
  process.send?.(await onePass(admin, pass, cpuBefore));
  cpuBefore = ownCpuSeconds();
}
await admin.disconnect();
for (const thread of threads) await thread[Symbol.asyncDispose]();
process.disconnect?.();
