// The suite in memory: the same stages and the same bytes, without a broker.
import { createCodec } from '../../schemas/codec.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { type AbsurdRecord, AbsurdRecords, framed } from './absurd.ts';
import { between, goodLog, goodTopology, usersOf, victimsOf } from './good.ts';
import { digestsOf, type Found, refusedOf } from './outputs.ts';

export interface HostileResult {
  readonly records: number;
  /** Absurd records in dead letters. */
  readonly refused: number;
  /** Topics in which the outputs of the good log are not those of a run without the others. */
  readonly differing: readonly string[];
  /** Absurd records that an input of a stage should have refused, and did not. */
  readonly missed: readonly AbsurdRecord[];
}

/** @param slates slates of the good log. @default 300 */
export function runInMemory(seed: number, records: number, slates = 300): HostileResult {
  const log = goodLog(seed, slates);
  const victims = victimsOf(log);
  const users = usersOf(log);
  const plain = play(log, users, victims.latest);
  const absurd = new AbsurdRecords(seed, victims);
  const among = [...between(log, records, () => absurd.next())];
  const disturbed = play(among, users, victims.latest);
  const { inputs, found } = disturbed;
  const wanted = digestsOf(plain.inputs, plain.found);
  const got = digestsOf(inputs, found);
  const read = new Set(goodTopology().stages.flatMap((stage) => stage.inputs));
  const dead = new Set(
    found(deadLetters).map(({ event }) => {
      const { origin, offset } = event as { origin: string; offset: number };
      return `${origin}/${offset}`;
    }),
  );
  return {
    records,
    refused: refusedOf(inputs, found(deadLetters)),
    differing: Object.keys(wanted).filter((topic) => wanted[topic] !== got[topic]),
    missed: disturbed.placed.flatMap(({ record, offset }) =>
      record.refused && read.has(record.topic) && !dead.has(`${record.topic.name}/${offset}`)
        ? [record]
        : [],
    ),
  };
}

type Sent = AbsurdRecord | { readonly topic: AnyTopic; readonly event: unknown };

function play(sent: readonly Sent[], users: ReadonlySet<string>, latest: number) {
  const runtime = new MemoryRuntime(goodTopology(), { topics, latest: () => latest });
  const absurd = new Map<string, boolean[]>();
  const placed: { readonly record: AbsurdRecord; readonly offset: number }[] = [];
  for (const one of sent) {
    const { name } = one.topic;
    const of = absurd.get(name) ?? [];
    absurd.set(name, of);
    if ('event' in one) runtime.send(one.topic, one.event as never);
    else {
      placed.push({ record: one, offset: of.length });
      const bytes = framed(one.value, idOf(one.topic));
      runtime.sendRecord(one.topic, 0, { key: one.key ?? '', at: 0, bytes });
    }
    of.push(!('event' in one));
  }
  runtime.drain();
  const found = (topic: AnyTopic): Found[] => {
    const codec = createCodec(topic, idOf(topic));
    const inputs = absurd.get(topic.name)?.length ?? 0;
    const outputs = runtime.records(topic)[0]!.slice(inputs);
    return outputs.map(({ key, bytes }, i) => ({
      ...{ offset: inputs + i, key, event: bytes && codec.decode(bytes) },
    }));
  };
  return { inputs: { absurd, users }, placed, found };
}

/** The id that a runtime gives a schema: the place of its topic among those it is told of first. */
const idOf = (topic: AnyTopic) => (topics as readonly AnyTopic[]).indexOf(topic) + 1;
