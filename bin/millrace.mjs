#!/usr/bin/env node
// What `npx millrace` starts: the command line on a recent enough Node. A checkout runs its TypeScript,
// set up first; the package has it compiled.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('./millrace.ts', import.meta.url));

if (existsSync(checkout)) {
  process.argv.splice(2, 0, 'start', checkout);
  await import('../infra/setup/run.mjs');
} else {
  await import(new URL('../dist/infra/setup/packaged.mjs', import.meta.url).href);
}
