// HTTP interfaces over a topology in memory, each ended after the test that opened it.
import { afterEach } from '@jest/globals';
import { type MemoryApi, type MemoryApiOptions, openMemoryApi } from './memory-api.ts';

const open: MemoryApi[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

export async function serve(options?: MemoryApiOptions): Promise<MemoryApi> {
  const api = await openMemoryApi(options);
  open.push(api);
  return api;
}
