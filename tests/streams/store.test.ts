import { describe, expect, it } from '@jest/globals';
import { LayeredStore, MemoryBacking } from '../../streams/engine/store.ts';

interface Value {
  due: number;
  v: string;
}
const make = () => new LayeredStore<Value>(new MemoryBacking(), (value) => value.due);
const commit = (store: LayeredStore<Value>) => {
  store.seal();
  store.commit();
};

describe('the store of a task', () => {
  it('shows changes before the commit, and takes them back on abort', () => {
    const store = make();
    store.put('a', { due: 10, v: 'one' });
    commit(store);
    store.put('a', { due: 20, v: 'two' });
    store.put('b', { due: 5, v: 'new' });
    store.delete('a');
    expect(store.get('a')).toBeUndefined();
    expect(store.size).toBe(1);
    store.abort();
    expect(store.get('a')).toEqual({ due: 10, v: 'one' });
    expect(store.get('b')).toBeUndefined();
    expect(store.size).toBe(1);
  });

  it('writes one change a key to the changelog, the last one', () => {
    const store = make();
    store.put('a', { due: 1, v: 'x' });
    store.put('a', { due: 2, v: 'y' });
    store.put('b', { due: 3, v: 'z' });
    expect(store.seal()).toEqual([
      ['a', { due: 2, v: 'y' }],
      ['b', { due: 3, v: 'z' }],
    ]);
    store.commit();
    store.delete('b');
    store.put('c', { due: 1, v: 'came and went' });
    store.delete('c');
    expect(store.seal()).toEqual([['b', null]]);
    store.commit();
    expect(store.seal()).toEqual([]);
  });

  it('expires by time, then key; a replaced value keeps only its last time', () => {
    const store = make();
    store.put('b', { due: 10, v: 'b' });
    store.put('a', { due: 10, v: 'a' });
    store.put('c', { due: 3, v: 'c' });
    store.put('c', { due: 30, v: 'later' });
    const keys = [...store.expire(10)].map(([key]) => key);
    expect(keys).toEqual(['a', 'b']);
    expect([...store.expire(29)]).toEqual([]);
    expect([...store.expire(30)].map(([key]) => key)).toEqual(['c']);
  });

  it('expires a value once that was put twice with the same time', () => {
    const store = make();
    store.put('a', { due: 10, v: 'one' });
    store.put('a', { due: 10, v: 'two' });
    expect([...store.expire(10)].map(([, { v }]) => v)).toEqual(['two']);
  });

  it('fires again what fired in a transaction that was aborted', () => {
    const store = make();
    store.put('a', { due: 10, v: 'a' });
    commit(store);
    for (const [key] of store.expire(10)) store.delete(key);
    store.abort();
    expect([...store.expire(10)].map(([key]) => key)).toEqual(['a']);
  });

  it('shows the sealed changes while they are on their way, and the open ones over them', () => {
    const store = make();
    store.put('a', { due: 10, v: 'sealed' });
    store.seal();
    expect(store.get('a')?.v).toBe('sealed');
    store.delete('a');
    expect(store.get('a')).toBeUndefined();
    store.rollback();
    expect(store.get('a')?.v).toBe('sealed');
    store.delete('a');
    store.commit();
    expect(store.seal()).toEqual([['a', null]]);
    store.commit();
    expect(store.size).toBe(0);
  });

  it('has its timers after a restore from the changelog', () => {
    const store = make();
    store.restore(
      [
        ['a', { due: 10, v: 'a' }],
        ['b', { due: 5, v: 'b' }],
        ['b', null],
      ],
      3,
    );
    expect([...store.expire(100)].map(([key]) => key)).toEqual(['a']);
  });
});
