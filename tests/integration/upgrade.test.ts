// A rolling upgrade: this version takes up the topics, changelogs, snapshots and offsets that a release has left
// in mid-window, and makes of what follows what the release itself made of it.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from '@jest/globals';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';
import { predictions } from '../../schemas/topics/predictions.ts';
import { type Reward, rewards } from '../../schemas/topics/rewards.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { describeOnInfra, startInfra } from '../support/infra.ts';
import { topologyOf } from '../support/recording.ts';
import { type LeftRecord, readRelease } from '../support/release.ts';
import { testStreams } from '../support/streams.ts';

const release = readRelease('0.1.0-ab4c288');
const { settings, records } = release;
const prefix = `up${randomUUID().slice(0, 8)}-`;
const topicOf = (name: string) => (topics as readonly AnyTopic[]).find((one) => one.name === name)!;

let streams: Awaited<ReturnType<typeof testStreams>>;
/** Ids of the release's schemas in this registry. */
const ids = new Map<string, number>();

/** Bytes of the release under the id that the registry has for their schema. */
function underId({ topic, value }: LeftRecord): Buffer | null {
  if (!value) return null;
  const bytes = Buffer.from(value);
  bytes.writeUInt32BE(ids.get(topic)!, 1);
  return bytes;
}

async function write(some: readonly LeftRecord[]): Promise<void> {
  for (const [name, of] of Map.groupBy(some, ({ topic }) => topic))
    await streams.write(
      topicOf(name),
      of.map((one) => ({ key: one.key, value: underId(one), partition: one.partition })),
    );
}

/** Offsets as the release committed them: it had processed all that is there. */
async function commitOffsets(left: readonly LeftRecord[]): Promise<void> {
  const admin = streams.kafka.admin();
  await admin.connect();
  for (const { name, inputs } of topologyOf(settings).stages)
    for (const topic of inputs) {
      const count = topic.partitioning === 'one' ? 1 : settings.partitions;
      const partitions = Array.from({ length: count }, (_, partition) => {
        const read = left.filter((one) => one.topic === topic.name && one.partition === partition);
        return { partition, offset: String(read.length) };
      });
      const groupId = `${streams.application}-${name}`;
      await admin.setOffsets({ groupId, topic: streams.nameOf(topic), partitions });
    }
  await admin.disconnect();
}

const left = records.filter(({ after }) => !after);
const later = records.filter(({ after }) => after);
const inputs = later.filter(({ topic }) => topic === 'impressions' || topic === 'clicks');
const made = (topic: AnyTopic, some: readonly LeftRecord[] = later) =>
  some.filter((one) => one.topic === topic.name && one.value).map(release.decode);

interface Fields {
  readonly fields: readonly { readonly name: string; readonly type: unknown }[];
}

/** The part of an event that a schema of the release has. */
function part({ fields }: Fields, event: object): Record<string, unknown> {
  const of = event as Record<string, unknown>;
  return Object.fromEntries(
    fields.map(({ name, type }) => {
      const inner = (type as { items?: Fields }).items;
      const value = of[name];
      return [name, inner?.fields ? (value as object[]).map((one) => part(inner, one)) : value];
    }),
  );
}

const asThen = (topic: AnyTopic, event: object) =>
  part(release.schemas.get(topic.name)!.schema, event);

describeOnInfra('an upgrade from 0.1.0 as of ab4c288', () => {
  let found: { examples: Example[]; rewards: Reward[]; predictions: number };
  let states: Map<string, object>;
  let versions: number[];

  beforeAll(async () => {
    const { registryUrl } = await startInfra();
    const registry = new SchemaRegistry({ host: registryUrl });
    for (const [topic, { schema }] of release.schemas) {
      const subject = `${prefix}${topic}-value`;
      const { id } = await registry.register(
        { type: SchemaType.AVRO, schema: JSON.stringify(schema) },
        { subject },
      );
      ids.set(topic, id);
    }
    // Registers today's schemas beside those of the release: the registry would refuse one that cannot read them.
    streams = await testStreams(settings.partitions, undefined, prefix);
    await write(left);
    await commitOffsets(left);
    await using pipeline = streams.pipeline(topologyOf(settings));
    await pipeline.start();
    await write(inputs);
    const wanted = made(examples, records).length;
    for (;;) {
      const all = await streams.committed(examples);
      const learned = await streams.committed(predictions);
      if (all.length >= wanted && learned.length >= made(predictions, records).length) break;
      await Promise.race([pipeline.failed, sleep(300)]);
    }
    found = {
      examples: await streams.committed(examples),
      rewards: await streams.committed(rewards),
      predictions: (await streams.committed(predictions)).length,
    };
    states = await streams.held(userStates);
    versions = (await streams.committed(snapshots)).map(({ version }) => version);
  }, 240_000);

  it('joins the windows that were open: each slate is one example, as the release made it', () => {
    const then = new Map(made(examples, records).map((one) => [one.impressionId, one]));
    expect(found.examples).toHaveLength(then.size);
    for (const one of found.examples)
      expect(asThen(examples, one)).toEqual(asThen(examples, then.get(one.impressionId)!));
    expect(made(examples).length).toBeGreaterThan(80);
  });

  it('gives the same rewards, each once', () => {
    const idOf = (reward: object) => (reward as Reward).clickId;
    const then = made(rewards, records).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    const now = found.rewards.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    expect(now.map((one) => asThen(rewards, one))).toEqual(then.map((one) => asThen(rewards, one)));
  });

  it('goes on with what was remembered of each user', () => {
    const then = new Map<string, object>();
    for (const one of records.filter(({ topic }) => topic === 'user-state'))
      if (one.value) then.set(one.key, release.decode(one));
      else then.delete(one.key);
    expect([...states.keys()].sort()).toEqual([...then.keys()].sort());
    for (const [key, state] of states)
      expect([key, asThen(userStates, state)]).toEqual([key, asThen(userStates, then.get(key)!)]);
  });

  it('learns from each example once', () => {
    expect(found.predictions).toBe(made(predictions, records).length);
    expect(versions.length).toBeGreaterThan(made(snapshots, left).length);
  });
});
