// Adapters that come as bytes, from the topic of snapshots, put in service one after the other.
import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdaptableModel } from '../../models/llm/port.ts';
import { writeWhole } from './gguf/write.ts';

export interface TunedAdapter {
  readonly version: number;
  /** The bytes of a GGUF file; empty to have no adapter in service. */
  readonly bytes: Uint8Array;
}

export interface ServedAdapterOptions {
  readonly model: Pick<AdaptableModel, 'name' | 'setAdapter'>;
  /** Folder in which the files are kept. */
  readonly folder: string;
  /**
   * Called with the version in service now, 0 for none; a refused adapter leaves the one before in
   * service.
   */
  readonly onServed: (version: number) => void;
  readonly onRefused: (version: number, error: unknown) => void;
}

/** @returns puts an adapter in service; never rejects */
export function servedAdapter({ model, folder, onServed, onRefused }: ServedAdapterOptions) {
  return async ({ version, bytes }: TunedAdapter): Promise<void> => {
    try {
      if (bytes.length === 0) await model.setAdapter(undefined);
      else await model.setAdapter({ version, path: await fileOf(folder, version, bytes) });
      onServed(bytes.length === 0 ? 0 : version);
    } catch (error) {
      onRefused(version, error);
    }
  };
}

/**
 * Path of an adapter's file, named by version and content. It is written once, since the engine may
 * still read one of the same version.
 */
async function fileOf(folder: string, version: number, bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const path = join(folder, `served-${String(version).padStart(4, '0')}-${hash}.gguf`);
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) await writeWhole(path, async (file) => void (await file.write(bytes)));
  return path;
}
