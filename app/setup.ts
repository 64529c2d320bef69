// Fetches the embedded parts ahead of the tests, so that no test waits for a download.

import { ensureParts } from '../infra/embedded/parts.ts';
import { MillraceError } from '../schemas/errors.ts';
import { readConfig } from './config/read.ts';

try {
  await ensureParts(readConfig(), (line) => process.stderr.write(`millrace: ${line}\n`));
} catch (error) {
  if (!(error instanceof MillraceError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
