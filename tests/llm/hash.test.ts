// The key of a cached result, and the bounded memory.
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { contentHash } from '../../models/llm/hash.ts';
import { Lru } from '../../models/llm/lru.ts';

describe('contentHash', () => {
  it('is the first 128 bits of SHA-256 over the JSON array', () => {
    const hex = createHash('sha256').update('["m","p","t"]').digest('hex');
    expect(contentHash('m', 'p', 't')).toBe(hex.slice(0, 32));
  });

  it('keeps parts apart that would run together', () => {
    expect(contentHash('a', 'b', 'c')).not.toBe(contentHash('a', 'bc', ''));
    expect(contentHash('a","b', 'c', '')).not.toBe(contentHash('a', 'b","c', ''));
  });
});

describe('Lru', () => {
  it('lets go of the entry unused for longest', () => {
    const lru = new Lru<number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    expect(lru.get('a')).toBe(1);
    lru.set('c', 3);
    expect([lru.get('a'), lru.get('b'), lru.get('c'), lru.size]).toEqual([1, undefined, 3, 2]);
  });

  it('replaces a value without growing', () => {
    const lru = new Lru<number>(2);
    lru.set('a', 1);
    lru.set('a', 2);
    lru.set('b', 3);
    expect([lru.get('a'), lru.get('b'), lru.size]).toEqual([2, 3, 2]);
  });
});
