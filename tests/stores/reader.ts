// Opens a store and reads all of it: `node reader.ts DIR`. Prints the size it found.
import { contentOf, lmdbIn } from './support.ts';

using stores = lmdbIn(process.argv[2]!);
process.stdout.write(`${contentOf(stores.open()).size}\n`);
