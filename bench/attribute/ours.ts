// Millrace's side of the comparison, a process of its own: several passes over the same inputs through
// the whole runtime, each with fresh ids, measured as the peer measures itself.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { z } from 'zod';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { Pipeline } from '../../infra/kafka/pipeline.ts';
import { endsOf, type PartitionEnds } from '../../infra/kafka/read-to-end.ts';
import { type Figures, figuresOf, passes } from '../comparison/figures.ts';
import { oursPrefix, oursShape } from '../comparison/ours.ts';
import { benchLog } from '../support/broker.ts';
import { followParent, told } from '../support/child.ts';
import { type Counters, ownCpuSeconds, readCounters } from '../support/proc.ts';
import { type Meter, metered } from './meter.ts';
import { attributeStage } from './stage.ts';
import { benchClicks, benchCodecs, benchImpressions, namesUnder } from './topics.ts';

/** A pass that takes longer has failed. s */
const limit = 180;

const inputs = [benchImpressions.name, benchClicks.name];

type Options = z.infer<typeof oursShape>;

async function onePass(options: Options, pass: number, cpuBefore: number): Promise<Figures> {
  const kafka = connectKafka({ brokers: [options.address] }, benchLog());
  const admin = kafka.admin();
  await admin.connect();
  const ends = await endsOf(admin, inputs);
  const total = ends.reduce((sum, { high }) => sum + high, 0);

  let first: Counters | undefined;
  const meter: Meter = {
    processed: 0,
    onFirst: () => {
      first = readCounters(options.brokerPid);
    },
  };
  const prefix = oursPrefix(options.id, pass);
  const stage = attributeStage({ commitEveryMs: options.commitMs });
  await using pipeline = new Pipeline({
    kafka,
    application: `${prefix}app`,
    topology: { stages: [metered(stage, meter)], enrichers: [] },
    codecs: benchCodecs,
    nameOf: namesUnder(prefix),
    log: benchLog(),
    now: () => performance.now(),
  });
  await pipeline.start();
  const group = `${prefix}app-${stage.name}`;
  const done = async (): Promise<Counters> => {
    for (const until = performance.now() + limit * 1000; ; await sleep(10)) {
      if (performance.now() > until)
        throw new Error(`${meter.processed} of ${total} after ${limit} s`);
      if (meter.processed >= total && (await reached(admin, group, ends))) {
        return readCounters(options.brokerPid);
      }
    }
  };
  const end = await Promise.race([done(), pipeline.failed]);
  await admin.disconnect();
  return figuresOf(pass, total, cpuBefore, first!, end);
}

/** Whether a group has committed everything, by what the broker says. */
async function reached(admin: Admin, groupId: string, ends: readonly PartitionEnds[]) {
  const committed = await admin.fetchOffsets({ groupId, topics: inputs });
  return ends.every(({ topic, partition, high }) => {
    const of = committed.find((one) => one.topic === topic)?.partitions;
    return Number(of?.find((one) => one.partition === partition)?.offset ?? -1) >= high;
  });
}

followParent();
const options = oursShape.parse(told());
for (let pass = 1, cpuBefore = 0; pass <= passes; pass++) {
  process.send?.(await onePass(options, pass, cpuBefore));
  cpuBefore = ownCpuSeconds();
}
process.disconnect?.();
