// Replays every recorded history, and prints what is not as it was recorded; run by other versions of
// Node (tests/streams/nodes.test.ts).
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { recordings } from '../golden/history.ts';
import { mathBits } from './math-bits.ts';
import { differences, replay, runtimeOf, settingsIn, topologyOf } from './recording.ts';

const folders = readdirSync(recordings)
  .map((name) => join(recordings, name))
  .filter((folder) => existsSync(join(folder, 'outputs.json')));
const found = folders.flatMap((folder) => {
  const settings = settingsIn(folder);
  const runtime = runtimeOf(settings);
  replay(folder, runtime);
  return differences(folder, runtime, topologyOf(settings));
});

const answer = {
  node: process.version,
  recordings: folders.length,
  differences: found,
  bits: mathBits(),
};
process.stdout.write(`${JSON.stringify(answer)}\n`);
