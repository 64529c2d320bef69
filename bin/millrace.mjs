#!/usr/bin/env node
// What `npx millrace` starts: set-up first, then the command line on a recent enough Node.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.argv.splice(2, 0, 'start', join(root, 'bin', 'millrace.ts'));
await import('../infra/setup/run.mjs');
