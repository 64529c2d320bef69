// The real model of the tests: what LLM_MODEL names if it is a file, else what the set-up fetched.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const parts = process.env.MILLRACE_PARTS ?? '.millrace/parts';
const given = process.env.LLM_MODEL;

export const modelFile = resolve(
  given !== undefined && !given.startsWith('hf:')
    ? given
    : join(parts, 'models', 'SmolLM2-135M-Instruct.Q4_1.gguf'),
);

/** A test that claims a real model fails without one. */
export function needModel(): void {
  if (existsSync(modelFile)) return;
  throw new Error(`No model at ${modelFile}: run the set-up (npm test) or set LLM_MODEL.`);
}
