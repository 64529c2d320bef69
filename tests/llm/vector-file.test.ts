import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { VectorFile } from '../../infra/llama/vector-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vectors-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const model = {
  name: 'a/model',
  width: 3,
  embed: async (text: string) => Float32Array.of(text.length, 0.5, -1),
};

it('asks the model once for a text, also over a restart', async () => {
  const file = await VectorFile.open(folder, model);
  const made = await file.vector('item-1', 'The movie Heat');
  expect(await file.vector('item-1', 'The movie Heat')).toEqual(made);
  expect(file.asked).toBe(1);
  const again = await VectorFile.open(folder, model);
  expect(await again.vector('item-1', 'The movie Heat')).toEqual(made);
  expect(again.asked).toBe(0);
});

it('asks again for other words of the template', async () => {
  const file = await VectorFile.open(folder, model);
  await file.vector('item-1', 'a');
  await file.vector('item-2', 'a');
  expect(file.asked).toBe(2);
});

it('leaves out half a record at the end of the file', async () => {
  const file = await VectorFile.open(folder, model);
  await file.vector('item-1', 'a');
  const [name] = readdirSync(folder);
  appendFileSync(join(folder, name!), Buffer.alloc(7));
  const again = await VectorFile.open(folder, model);
  await again.vector('item-1', 'a');
  expect(again.asked).toBe(0);
});
