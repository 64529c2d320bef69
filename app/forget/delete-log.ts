// Deletes the beginning of the logs that hold records of a user, up to the last one of theirs. It takes the
// records of others with it: nothing is rebuilt from before then.
import type { Admin } from 'kafkajs';
import { groupOffsets } from '../../infra/kafka/committed.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import type { ForgetStreams } from './marker.ts';
import { userTopics } from './remaining.ts';

interface Cut {
  readonly topic: AnyTopic;
  readonly partition: number;
  /** First offset that stays. */
  readonly offset: number;
}

/** @throws MillraceError `forget-unfinished` where a stage has not read that far */
export async function deleteLog(
  streams: ForgetStreams,
  topology: Topology,
  userId: string,
): Promise<void> {
  const admin = streams.kafka.admin();
  await admin.connect();
  try {
    const cuts = await cutsOf(streams, userId);
    await mustBeRead(streams, topology, cuts, admin);
    for (const { topic, partition, offset } of cuts) {
      const name = streams.nameOf(topic);
      const partitions = [{ partition, offset: String(offset) }];
      await admin.fetchTopicOffsets(name); // the client wants to know of a topic first
      await admin.deleteTopicRecords({ topic: name, partitions });
    }
  } finally {
    await admin.disconnect();
  }
}

/** Where the logs are to begin: behind the last record that has the id as its key or in its bytes. */
async function cutsOf({ kafka, nameOf, log }: ForgetStreams, userId: string): Promise<Cut[]> {
  const logs = userTopics.filter(({ compacted }) => !compacted);
  const byName = new Map(logs.map((topic) => [nameOf(topic), topic]));
  const id = Buffer.from(userId);
  const cuts = new Map<string, Cut>();
  await using reader = await readTopics({
    kafka,
    log,
    topics: [...byName.keys()],
    onRecords: (name, partition, records) => {
      for (const { key, value, offset } of records) {
        if (!key?.equals(id) && !value?.includes(id)) continue;
        const cut = { topic: byName.get(name)!, partition, offset: offset + 1 };
        cuts.set(`${name}/${partition}`, cut);
      }
    },
  });
  await reader.caughtUp;
  return [...cuts.values()];
}

async function mustBeRead(
  { application, nameOf }: ForgetStreams,
  { stages, enrichers }: Topology,
  cuts: readonly Cut[],
  admin: Admin,
): Promise<void> {
  for (const { name, inputs } of [...stages, ...enrichers]) {
    const own = cuts.filter(({ topic }) => inputs.includes(topic));
    if (own.length === 0) continue;
    const topics = [...new Set(own.map(({ topic }) => nameOf(topic)))];
    const committed = await groupOffsets(admin, `${application}-${name}`, topics);
    for (const { topic, partition, offset } of own) {
      const of = committed.find((one) => one.topic === nameOf(topic))?.partitions;
      const next = Number(of?.find((one) => one.partition === partition)?.offset ?? -1);
      // A group that never read here begins at what there is.
      if (next < 0 || next >= offset) continue;
      throw new MillraceError({
        code: 'forget-unfinished',
        what: `The log of ${nameOf(topic)} is not deleted.`,
        why: `${name} has read it up to ${next}, and the last record of the user is at ${offset - 1}.`,
        todo: 'Let `millrace run` read on, and ask again.',
        remedy: 'retry',
      });
    }
  }
}
