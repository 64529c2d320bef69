// Every recorded history is replayed: it can be read, every slate is accounted for, and what is
// committed is what was committed then, byte for byte (docs/recordings.md).
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Random } from '../../models/random.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { snapshots } from '../../schemas/topics/snapshots.ts';
import type { Fault } from '../../streams/engine/memory/reader.ts';
import type { MemoryOptions } from '../../streams/engine/memory-runtime.ts';
import { recordings, version } from '../golden/history.ts';
import { differences, replay, runtimeOf, settingsIn, topologyOf } from '../support/recording.ts';

const versions = readdirSync(recordings);
const faults: readonly Fault[] = ['rollback', 'abort', 'restart', 'restart-committed'];

function replayed(folder: string, options: MemoryOptions = {}) {
  const settings = settingsIn(folder);
  const runtime = runtimeOf(settings, options);
  replay(folder, runtime);
  return { runtime, topology: topologyOf(settings) };
}

describe.each(versions)('the history recorded of %s', (name) => {
  const folder = join(recordings, name);
  // A recording whose outputs were retired keeps its inputs.
  const itHasOutputs = existsSync(join(folder, 'outputs.json')) ? it : it.skip;

  it('can be read, and has one example of each slate', () => {
    const { runtime } = replayed(folder);
    const shown = runtime.events(impressions).filter(({ items }) => items.length > 0);
    const ids = runtime.events(examples).map(({ impressionId }) => impressionId);
    expect(ids.toSorted()).toEqual(shown.map(({ impressionId }) => impressionId).sort());
    expect(ids.length).toBeGreaterThan(1000);
    const codes = new Set(runtime.events(deadLetters).map(({ code }) => code));
    expect([...codes].sort()).toEqual(['click-duplicate', 'click-late', 'click-orphan']);
    const policies = new Set(runtime.events(snapshots).map(({ policy }) => policy));
    expect([...policies].sort()).toEqual(['llm', 'llm-basis', 'millrace', 'simulator']);
  });

  itHasOutputs('gives the same bytes', () => {
    const { runtime, topology } = replayed(folder);
    expect(differences(folder, runtime, topology)).toEqual([]);
  });

  itHasOutputs('gives them in other transactions too, and whatever befalls these', () => {
    const random = new Random(1);
    let befallen = 0;
    const { runtime, topology } = replayed(folder, {
      commitEvery: 7,
      commitDelay: 3,
      faults: () => {
        if (random.next() > 0.003) return undefined;
        befallen++;
        return faults[random.below(faults.length)];
      },
    });
    expect(befallen).toBeGreaterThan(20);
    expect(differences(folder, runtime, topology)).toEqual([]);
  });

  itHasOutputs('gives other bytes when anything is otherwise', () => {
    const settings = settingsIn(folder);
    const other = { ...settings, serve: { ...settings.serve, salt: 'another' } };
    const runtime = runtimeOf(other);
    replay(folder, runtime);
    const found = differences(folder, runtime, topologyOf(other));
    expect(found.map((one) => one.split(':')[0])).toContain('impressions');
    expect(found[0]).toMatch(/the first that differs is \d+ of partition \d/);
  });
});

describe('the recordings', () => {
  it('have one of this version, with its outputs', () => {
    expect(existsSync(join(recordings, version, 'outputs.json'))).toBe(true);
  });
});
