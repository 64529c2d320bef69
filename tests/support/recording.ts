// A recorded history on disk: what was sent, as Avro with its schemas, and what the topology committed.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Codec, createCodec, schemaIdOf, schemaText } from '../../schemas/codec.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Stored } from '../../streams/engine/memory/logs.ts';
import type { MemoryOptions } from '../../streams/engine/memory-runtime.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import type { Variant } from '../../streams/serve/decide.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { mainTopology } from '../../streams/topology.ts';
import type { Move } from './history-input.ts';

/** How a history was played. */
export interface Settings {
  readonly partitions: number;
  readonly serve: {
    readonly attributionWindowMs: number;
    readonly servedWindowMs: number;
    readonly salt: string;
  };
  readonly learn: { readonly snapshotEvery: number; readonly snapshotEveryServed: number };
}

/** What is committed to a topic: its hash, and its first and last record to look at. */
interface TopicOutputs {
  readonly records: number;
  readonly sha256: string;
  readonly first: unknown;
  readonly last: unknown;
}

export interface Outputs {
  /** Of the parts that take part: sums in floating point and compression are theirs. */
  readonly node: string;
  readonly topics: Readonly<Record<string, TopicOutputs>>;
}

/** Digests of single records by topic and partition, to find the first that differs. */
type Digests = Readonly<Record<string, readonly (readonly string[])[]>>;

/** Ids of recorded schemas are those of their time: none of them may be taken for one of today's. */
const idOfToday = 0x7fff_ffff;

/** The variants of every recording. Their names and their order are in its bytes. */
const variants: readonly Variant[] = [
  {
    name: 'millrace',
    policy: 'millrace',
    share: 2,
    exploration: { temperature: 0.2, floor: 0.05 },
  },
  { name: 'uniform', policy: 'uniform', share: 1, exploration: {} },
  {
    name: 'popularity',
    policy: 'popularity',
    share: 1,
    exploration: { temperature: 0.5, floor: 0.05 },
  },
  { name: 'llm', policy: 'llm', share: 1, exploration: { temperature: 0.5, floor: 0.05 } },
  {
    name: 'inverted',
    policy: 'inverted',
    share: 0,
    exploration: { temperature: 0.2, floor: 0.05 },
  },
];

export function topologyOf({ serve, learn }: Settings): Topology {
  return mainTopology({ serve: { ...serveDefaults, variants, ...serve }, learn });
}

export function runtimeOf(settings: Settings, options: MemoryOptions = {}): MemoryRuntime {
  return new MemoryRuntime(topologyOf(settings), { ...options, partitions: settings.partitions });
}

/** Writes a history and what a runtime that has played it holds. */
export function writeRecording(
  folder: string,
  settings: Settings,
  moves: readonly Move[],
  runtime: MemoryRuntime,
): void {
  mkdirSync(folder, { recursive: true });
  const { outputs, digests } = outputsOf(runtime, topologyOf(settings));
  writeFileSync(join(folder, 'settings.json'), `${JSON.stringify(settings, null, 2)}\n`);
  writeFileSync(join(folder, 'input.ndjson.gz'), gzipSync(inputOf(moves), { level: 9 }));
  writeFileSync(join(folder, 'outputs.json'), `${JSON.stringify(outputs, shortened, 2)}\n`);
  writeFileSync(join(folder, 'digests.json.gz'), gzipSync(JSON.stringify(digests), { level: 9 }));
}

function inputOf(moves: readonly Move[]): string {
  const codecs = new Map<AnyTopic, Codec>();
  const lines: unknown[] = [];
  for (const move of moves) {
    if (move === 'drain') {
      lines.push({ drain: true });
      continue;
    }
    const { topic, event } = move;
    let codec = codecs.get(topic);
    if (!codec) {
      codec = createCodec(topic, codecs.size + 1);
      codecs.set(topic, codec);
      const schema = JSON.parse(schemaText(topic));
      lines.push({ topic: topic.name, id: codec.schemaId, schema });
    }
    lines.push({ topic: topic.name, value: codec.encode(event).toString('base64') });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

export const settingsIn = (folder: string): Settings =>
  JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'));

/** Sends a recorded history again, read with the schemas of today. @throws where they cannot read it */
export function replay(folder: string, runtime: MemoryRuntime): void {
  const codecs = new Map<string, Codec>();
  const lines = gunzipSync(readFileSync(join(folder, 'input.ndjson.gz'))).toString('utf8');
  for (const line of lines.trimEnd().split('\n')) {
    const { drain, topic: name, id, schema, value } = JSON.parse(line);
    if (drain) {
      runtime.drain();
      continue;
    }
    const topic = (topics as readonly AnyTopic[]).find((one) => one.name === name);
    if (!topic) throw new Error(`The topic ${name} of ${folder} is no longer declared.`);
    const codec = codecs.get(name) ?? createCodec(topic, idOfToday);
    codecs.set(name, codec);
    if (schema) codec.learnSchema(id, schema);
    else runtime.send(topic, codec.decode(Buffer.from(value, 'base64')) as never);
  }
}

/** How what a runtime holds differs from the recorded outputs; empty where it does not. */
export function differences(folder: string, runtime: MemoryRuntime, topology: Topology): string[] {
  const wanted: Outputs = JSON.parse(readFileSync(join(folder, 'outputs.json'), 'utf8'));
  const packed = readFileSync(join(folder, 'digests.json.gz'));
  const digests: Digests = JSON.parse(gunzipSync(packed).toString('utf8'));
  const now = outputsOf(runtime, topology);
  const names = new Set([...Object.keys(wanted.topics), ...Object.keys(now.outputs.topics)]);
  return [...names].flatMap((name) => {
    const [before, after] = [wanted.topics[name], now.outputs.topics[name]];
    if (before && after && before.sha256 === after.sha256) return [];
    const counts = `${before?.records ?? 'no'} records then, ${after?.records ?? 'none'} now`;
    const where = firstDifference(digests[name] ?? [], now.digests[name] ?? []);
    return [`${name}: ${counts}; ${where}`];
  });
}

function firstDifference(before: Digests[string], after: Digests[string]): string {
  for (const [partition, digests] of before.entries()) {
    const others = after[partition] ?? [];
    const at = Array.from({ length: Math.max(digests.length, others.length) }).findIndex(
      (_, i) => digests[i] !== others[i],
    );
    if (at >= 0) return `the first that differs is ${at} of partition ${partition}`;
  }
  return 'partitions differ';
}

/** What the stages have written. Of a changelog what compaction leaves: when it was written is free. */
function outputsOf(runtime: MemoryRuntime, { stages }: Topology) {
  const written = stages.flatMap(({ outputs }) => outputs);
  const changelogs = stages.flatMap(({ stores }) => stores.map(({ changelog }) => changelog));
  const outputs: Record<string, TopicOutputs> = {};
  const digests: Record<string, string[][]> = {};
  for (const topic of new Set([...written, ...changelogs])) {
    const logs = runtime
      .records(topic)
      .map((log) => (changelogs.includes(topic) ? last(log) : log));
    const records = logs.flat();
    if (records.length === 0) continue;
    const hashes = logs.map((log) => log.map(hashOf));
    const sha256 = createHash('sha256').update(JSON.stringify(hashes)).digest('hex');
    const decoded = ({ bytes }: Stored) => {
      const codec = createCodec(topic, schemaIdOf(bytes!));
      return codec.decode(bytes!);
    };
    const [first, end] = [records[0]!, records.at(-1)!].map(decoded);
    outputs[topic.name] = { records: records.length, sha256, first, last: end };
    digests[topic.name] = hashes.map((own) => own.map((hash) => hash.slice(0, 8)));
  }
  return { outputs: { node: process.version, topics: outputs } satisfies Outputs, digests };
}

/** Key, time and Avro bytes; the schema id before them is a registry's choice. */
function hashOf({ key, at, bytes }: Stored): string {
  const value = bytes!.subarray(5).toString('base64');
  return createHash('sha256')
    .update(JSON.stringify([key, at, value]))
    .digest('hex');
}

function last(log: readonly Stored[]): Stored[] {
  const latest = new Map(log.map((record) => [record.key, record]));
  return [...latest.values()]
    .filter(({ bytes }) => bytes !== null)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Bytes are not to be read by people. */
function shortened(_name: string, value: unknown): unknown {
  const buffer = value as { type?: string; data?: number[] } | null;
  return buffer?.type === 'Buffer' ? `${buffer.data!.length} bytes` : value;
}
