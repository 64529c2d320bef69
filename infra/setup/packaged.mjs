// The start of the command line in the package, where npm has set up everything.
import { fileURLToPath } from 'node:url';
import { SetupError } from './say.mjs';
import { startProgram } from './start.mjs';

const program = fileURLToPath(new URL('../../bin/millrace.js', import.meta.url));

try {
  process.exitCode = await startProgram(program, process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
