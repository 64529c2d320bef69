// Writes transactions into a store until it is killed: `node writer.ts DIR`. Prints the number of each
// when it is applied.
import { writeSync } from 'node:fs';
import { changesOf } from './history.ts';
import { lmdbIn } from './support.ts';

const backing = lmdbIn(process.argv[2]!).open();
for (let i = backing.checkpoint + 1; ; i++) {
  backing.apply(changesOf(i), i);
  writeSync(1, `${i}\n`);
}
