// Reads the file of a store from end to end, in a process of its own: a bad one may end it. Run as
// `node check.ts DIR`; ends with 0 when LMDB finds nothing wrong.
import { ABORT } from 'lmdb';
import { openEnvironment } from './environment.ts';
import { metadataKey } from './keys.ts';

const environment = openEnvironment(process.argv[2]!);
for (const _entry of environment.getRange({ start: metadataKey('') })) {
  // Each page is read on the way.
}
// The list of free pages is read by a writer alone. Nothing of it is kept.
environment.transactionSync(() => {
  environment.put(metadataKey('check'), Buffer.alloc(1));
  return ABORT;
});
await environment.close();
