// The fixture of each data set, by its name; some sets are other names for the same files.
import { join } from 'node:path';

const fixtures = join(import.meta.dirname, '../datasets/fixtures');
const same: Readonly<Record<string, string>> = {
  'mimic-iii': 'mimic-demo',
  'eicu-demo': 'eicu',
  foursquare: 'foursquare-tsmc',
};

/** Folder of a fixture. @param name of a data set, or of a folder of its own */
export const fixtureOf = (name: string): string => join(fixtures, same[name] ?? name);
