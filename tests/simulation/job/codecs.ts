// The registry and the codecs of one process: it asks for the schema of a foreign writer, once, and may not
// be answered.

import type { Codecs } from '../../../infra/registry/registry.ts';
import { type Codec, createCodec, schemaIdOf } from '../../../schemas/codec.ts';
import { MillraceError } from '../../../schemas/errors.ts';
import type { AnyTopic } from '../../../schemas/topic.ts';
import { deadLetters } from '../../../schemas/topics/dead-letters.ts';
import { positions } from '../../../schemas/topics/positions.ts';
import { snapshots } from '../../../schemas/topics/snapshots.ts';
import type { Node } from '../broker/cluster.ts';
import { Connection, type World } from '../client/connection.ts';
import type { Life } from '../life.ts';
import { answers, folds, offers, olderOffer, openOffers, results, tallies } from './topics.ts';

export const topics: readonly AnyTopic[] = [
  offers,
  answers,
  results,
  tallies,
  openOffers,
  folds,
  snapshots,
  positions,
  deadLetters,
];

/** Id of the schema of a writer of offers that is older than ours. */
export const olderId = 100;

// Made once: a run asks for thousands of them.
const codecs = new Map(topics.map((topic, i) => [topic, createCodec(topic, i + 1)]));
codecs.get(offers)!.learnSchema(olderId, olderOffer);
const older = createCodec({ ...offers, schema: olderOffer } as AnyTopic, olderId);

/** The codec that reads everything, for whoever looks from outside. */
export const codecOf = (topic: AnyTopic): Codec => codecs.get(topic)!;

/** The codec of the older writer of offers. */
export const olderCodec: Codec = older;

/** The codecs of a process, which ask the registry on the node. */
export function codecsOf(life: Life, registry: Node, world: World): Codecs {
  const known = new Map<AnyTopic, Codec>();
  const learned = new Set<number>();
  const of = (topic: AnyTopic): Codec => {
    const codec = known.get(topic) ?? guarded(codecOf(topic), learned);
    known.set(topic, codec);
    return codec;
  };
  const reading = async (topic: AnyTopic, bytes: Buffer): Promise<Codec> => {
    const id = schemaIdOf(bytes);
    if (of(topic).knows(id)) return of(topic);
    const connection = new Connection(life, registry, world);
    try {
      await connection.open();
      await connection.send('schema', { id });
    } catch (cause) {
      throw unreachable(cause);
    } finally {
      connection.close();
    }
    learned.add(id);
    return of(topic);
  };
  return {
    of,
    decode: async (topic, bytes) => (await reading(topic, bytes)).decode(bytes),
    take: async (topic, record) => (await reading(topic, record.value ?? nothing)).take(record),
  };
}

const nothing = Buffer.alloc(0);

/** A codec that knows a foreign schema only once this process has asked for it. */
function guarded(codec: Codec, learned: ReadonlySet<number>): Codec {
  const knows = (id: number) => id === codec.schemaId || learned.has(id);
  const check = (bytes: Buffer) => {
    const id = schemaIdOf(bytes);
    if (knows(id)) return;
    throw new MillraceError({ code: 'schema-unknown', what: `Schema ${id}.`, remedy: 'skip' });
  };
  return {
    ...codec,
    knows,
    decode(bytes) {
      check(bytes);
      return codec.decode(bytes);
    },
    take(record) {
      check(record.value ?? nothing);
      return codec.take(record);
    },
  };
}

function unreachable(cause: unknown): MillraceError {
  return new MillraceError({
    code: 'registry-unreachable',
    what: 'The simulated registry does not answer.',
    remedy: 'retry',
    cause,
  });
}
