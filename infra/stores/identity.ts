// The identity of a store on disk: whose it is, how its values were written, and up to which offset
// of the changelog it stands.
import { crc32c } from '@node-rs/crc32';
import { z } from 'zod';
import { type Codec, schemaText } from '../../schemas/codec.ts';
import type { Environment } from './environment.ts';
import { metadataKey } from './keys.ts';

/** Whose state a store holds. */
export interface Owner {
  readonly application: string;
  readonly clusterId: string;
  /** Name of the changelog's topic on the broker. */
  readonly topic: string;
  readonly partition: number;
}

/**
 * Version of the files. It is raised when earlier files cannot be used as they are, even if only
 * LMDB's own format has changed.
 */
export const format = 2;

const identityShape = z.object({
  format: z.literal(format),
  application: z.string(),
  clusterId: z.string(),
  topic: z.string(),
  partition: z.int(),
  /** The schemas that the values were written with, by id. */
  schemas: z.record(z.string(), z.string()),
});

const checkpointShape = z.object({
  /** Offset of the changelog after the last change in the store. */
  next: z.int().min(0),
  /** Time of that change, ms since the epoch. */
  at: z.number(),
});

export type Checkpoint = z.infer<typeof checkpointShape>;

const identityKey = metadataKey('identity');
const checkpointKey = metadataKey('checkpoint');

/** Number of records of a store that are about the store itself. */
export const metadataCount = 2;

export function writeCheckpoint(environment: Environment, checkpoint: Checkpoint): void {
  environment.put(checkpointKey, checked(checkpoint));
}

/** Gives an empty store its identity. */
export function begin(
  environment: Environment,
  owner: Owner,
  codec: Codec,
  at: number,
): Checkpoint {
  const checkpoint = { next: 0, at };
  environment.transactionSync(() => {
    writeIdentity(environment, owner, { [codec.schemaId]: schemaText(codec.topic) });
    writeCheckpoint(environment, checkpoint);
  });
  return checkpoint;
}

/**
 * Takes up a store that was there; its values can then be decoded, also those of older schemas.
 * @returns its checkpoint, or why it cannot be used
 */
export function takeUp(environment: Environment, owner: Owner, codec: Codec): Checkpoint | string {
  const found = read(environment, identityKey, identityShape);
  const checkpoint = read(environment, checkpointKey, checkpointShape);
  if (!found || !checkpoint) return 'what it says of itself cannot be read';
  for (const part of ['application', 'clusterId', 'topic', 'partition'] as const) {
    if (found[part] !== owner[part]) return `its ${part} is ${found[part]}, not ${owner[part]}`;
  }
  const own = schemaText(codec.topic);
  const known = found.schemas[codec.schemaId];
  if (known !== undefined && known !== own) return 'its schema ids are of another registry';
  try {
    for (const [id, text] of Object.entries(found.schemas)) {
      if (!codec.knows(Number(id))) codec.learnSchema(Number(id), JSON.parse(text));
    }
  } catch {
    return 'its values were written with a schema that this one does not follow';
  }
  if (known === undefined) {
    environment.transactionSync(() => {
      writeIdentity(environment, owner, { ...found.schemas, [codec.schemaId]: own });
    });
  }
  return checkpoint;
}

/** A value as JSON, after its CRC-32C. */
function checked(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32c(text));
  return Buffer.concat([sum, text]);
}

function writeIdentity(environment: Environment, owner: Owner, schemas: Record<string, string>) {
  environment.put(identityKey, checked({ format, ...owner, schemas }));
}

function read<T>(environment: Environment, key: Buffer, shape: z.ZodType<T>): T | undefined {
  try {
    const bytes = environment.getBinary(key);
    if (!bytes) return undefined;
    const stored = Buffer.from(bytes);
    const text = stored.subarray(4);
    return crc32c(text) === stored.readUInt32BE(0)
      ? shape.parse(JSON.parse(text.toString()))
      : undefined;
  } catch {
    return undefined;
  }
}
