// Records a history and what the main topology makes of it, for the version in package.json: one
// recording a release (docs/recordings.md).
//   node tests/golden/history.ts           refuses where the version has one
//   node tests/golden/history.ts --force   records it anew: before the release alone
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { makeHistory } from '../support/history-input.ts';
import { runtimeOf, type Settings, writeRecording } from '../support/recording.ts';

export const recordings = fileURLToPath(new URL('./history', import.meta.url));
export const { version } = manifest;

const seed = 20_260_101;
const size = { slates: 900, users: 40, items: 120, partitions: 2 };
const settings: Settings = {
  partitions: size.partitions,
  serve: { attributionWindowMs: 1_800_000, servedWindowMs: 1_200_000, salt: 'history' },
  learn: { snapshotEvery: 200, snapshotEveryServed: 20 },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(recordings, version);
  if (existsSync(folder) && !process.argv.includes('--force')) {
    process.stderr.write(
      `There is a recording of ${version}: a release has one, and keeps it (docs/recordings.md).\n`,
    );
    process.exitCode = 1;
  } else {
    const runtime = runtimeOf(settings);
    const moves = makeHistory(runtime, seed, size);
    writeRecording(folder, settings, moves, runtime);
    process.stderr.write(`recorded ${moves.length} moves for ${version}\n`);
  }
}
