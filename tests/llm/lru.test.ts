import { expect, it } from '@jest/globals';
import { Lru } from '../../models/llm/lru.ts';

it('the entry unused for longest makes room; reading and writing both are use', () => {
  const lru = new Lru<number>(3);
  for (const [i, key] of ['a', 'b', 'c'].entries()) lru.set(key, i);
  lru.get('a');
  lru.set('b', 9);
  lru.set('d', 3); // c goes
  expect(['a', 'b', 'c', 'd'].map((key) => lru.get(key))).toEqual([0, 9, undefined, 3]);
  lru.set('b', 10);
  lru.set('e', 4); // a goes: it was read before d and b
  expect(['a', 'b', 'd', 'e'].map((key) => lru.get(key))).toEqual([undefined, 10, 3, 4]);
  expect(lru.size).toBe(3);
});

it('holds one entry at least', () => {
  const lru = new Lru<string>(0);
  lru.set('a', 'x');
  lru.set('b', 'y');
  expect([lru.get('a'), lru.get('b'), lru.size]).toEqual([undefined, 'y', 1]);
});
