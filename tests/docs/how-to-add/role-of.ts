// What the recipe of a role promises: a variable that names its model, and a row of the table of roles.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readConfig } from '../../../app/config/read.ts';
import { roles } from '../../../models/llm/roles.ts';

const config = readConfig({ LLM_MODEL_SUMMARISER: '/models/large.gguf' }, { folder: null });
assert.deepEqual(config.llm.roles, { summariser: '/models/large.gguf' });
assert.ok((roles.names as readonly string[]).includes('summariser'));
assert.match(
  readFileSync('docs/llm.md', 'utf8'),
  /\| summariser \| A sentence on what an item is\. \| `LLM_MODEL_SUMMARISER` \|/,
);
process.stdout.write('kept\n');
