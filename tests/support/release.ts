// What a release left behind, from tests/golden/upgrade: its records by topic, and how it wrote them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Codec, createCodec } from '../../schemas/codec.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Settings } from './recording.ts';

export interface LeftRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly at: number;
  /** In wire format, by the schema id of the release; null deletes the key. */
  readonly value: Buffer | null;
  /** Whether it was written after the stop at which the upgrade takes place. */
  readonly after: boolean;
}

/** A schema of the release, by topic. */
interface LeftSchema {
  readonly id: number;
  readonly schema: {
    readonly fields: readonly { readonly name: string; readonly type: unknown }[];
  };
}

export interface Release {
  readonly settings: Settings;
  readonly schemas: ReadonlyMap<string, LeftSchema>;
  readonly records: readonly LeftRecord[];
  /** An event of the release as this version reads it. */
  decode(record: LeftRecord): Record<string, unknown>;
}

const folder = join(import.meta.dirname, '../golden/upgrade');

/** The statements by which a release made its tables. */
export const tablesOf = (release: string): string[] =>
  gunzipSync(readFileSync(join(folder, release, 'tables.sql.gz')))
    .toString()
    .split(/;\n+/)
    .filter((statement) => statement.trim() !== '');

/** Ids of schemas of a release are those of its time: none may be taken for one of today's. */
const idOfToday = 0x7fff_ffff;

export function readRelease(release: string): Release {
  const text = gunzipSync(readFileSync(join(folder, release, 'records.ndjson.gz'))).toString();
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const schemas = new Map<string, LeftSchema>(
    lines.filter(({ schema }) => schema).map(({ topic, ...of }) => [topic, of]),
  );
  const codecs = new Map<string, Codec>();
  const codecOf = (name: string): Codec => {
    const known = codecs.get(name);
    if (known) return known;
    const topic = (topics as readonly AnyTopic[]).find((one) => one.name === name)!;
    const codec = createCodec(topic, idOfToday);
    const { id, schema } = schemas.get(name)!;
    codec.learnSchema(id, schema);
    codecs.set(name, codec);
    return codec;
  };
  return {
    settings: lines.find(({ settings }) => settings)!.settings,
    schemas,
    records: lines
      .filter(({ partition }) => partition !== undefined)
      .map((one) => ({ ...one, value: one.value && Buffer.from(one.value, 'base64') })),
    decode: ({ topic, value }) => codecOf(topic).decode(value!) as Record<string, unknown>,
  };
}
