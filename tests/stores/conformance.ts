// What every kind of backing must keep to, alone and under the layers of a store; call with a way to
// open one.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Backing, type Change, LayeredStore } from '../../streams/engine/store.ts';
import { agreesWithModel, commands, type Place } from './model.ts';
import { contentOf, type Note, note } from './support.ts';

const keys = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'ab', 'ключ', '🔑', '\0', '\x7f'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

export function describeBacking(name: string, placeOf: () => Place): void {
  let place: Place;
  let backing: Backing<Note>;
  beforeEach(() => {
    place = placeOf();
    backing = place.open();
  });
  afterEach(() => {
    backing.close();
    place[Symbol.dispose]();
  });

  describe(`${name} as a backing`, () => {
    it('is empty at first', () => {
      expect(backing.size).toBe(0);
      expect(backing.checkpoint).toBe(0);
      expect(backing.get('a')).toBeUndefined();
      expect(backing.has('a')).toBe(false);
      expect([...backing.entries()]).toEqual([]);
    });

    it('puts, replaces and deletes; deleting what is not there does nothing', () => {
      backing.apply(
        [
          ['a', note('a', 'one')],
          ['b', note('b')],
          ['x', null],
        ],
        3,
      );
      backing.apply(
        [
          ['a', note('a', 'two')],
          ['b', null],
        ],
        5,
      );
      expect(backing.get('a')).toEqual(note('a', 'two'));
      expect(backing.has('a')).toBe(true);
      expect(backing.has('b')).toBe(false);
      expect(backing.size).toBe(1);
      expect(contentOf(backing)).toEqual(new Map([['a', note('a', 'two')]]));
    });

    it('takes the last of several changes of a key', () => {
      backing.apply(
        [
          ['a', note('a', 'one')],
          ['a', null],
          ['a', note('a', 'two')],
        ],
        undefined,
      );
      backing.apply(
        [
          ['b', note('b')],
          ['b', null],
        ],
        undefined,
      );
      expect(contentOf(backing)).toEqual(new Map([['a', note('a', 'two')]]));
    });

    it('keeps keys of every kind apart', () => {
      const all = ['', ' ', 'a', 'A', 'ä', 'a\u0308', '💡', '\0', '\0\0', '中', 'k'.repeat(5000)];
      all.push(`${'k'.repeat(4999)}l`, 'é'.repeat(988), 'é'.repeat(989), '\uffff', '\u{10ffff}');
      backing.apply(
        all.map((key, i): Change<Note> => [key, note(key, `${i}`)]),
        1,
      );
      expect(backing.size).toBe(all.length);
      for (const [i, key] of all.entries()) expect(backing.get(key)?.text).toBe(`${i}`);
      expect(contentOf(backing)).toEqual(new Map(all.map((key, i) => [key, note(key, `${i}`)])));
      backing.apply(
        all.map((key): Change<Note> => [key, null]),
        2,
      );
      expect(backing.size).toBe(0);
    });

    it('holds values of every size', () => {
      const sizes = [0, 1, 100, 2000, 4096, 70_000, 1_000_000];
      const value = (size: number) => note(`${size}`, 'x'.repeat(size));
      backing.apply(
        sizes.map((size): Change<Note> => [`${size}`, value(size)]),
        1,
      );
      for (const size of sizes) expect(backing.get(`${size}`)).toEqual(value(size));
      expect(contentOf(backing).get('1000000')).toEqual(value(1_000_000));
    });

    it('holds many entries', () => {
      const count = 10_000;
      for (let from = 0; from < count; from += 1000) {
        const batch = Array.from({ length: 1000 }, (_, i): Change<Note> => {
          const key = `key-${from + i}`;
          return [key, note(key, `${from + i}`)];
        });
        backing.apply(batch, from + 1000);
      }
      expect(backing.size).toBe(count);
      expect(contentOf(backing).size).toBe(count);
      for (let i = 0; i < count; i += 97) expect(backing.get(`key-${i}`)?.text).toBe(`${i}`);
    });

    it('can be read while its entries are gone through, and left before their end', () => {
      backing.apply(
        [
          ['a', note('a', '1')],
          ['b', note('b', '2')],
          ['c', note('c', '3')],
        ],
        1,
      );
      for (const [key, value] of backing.entries()) {
        expect(backing.get(key)).toEqual(value);
        if (key === 'b') break;
      }
      backing.apply([['b', null]], 2);
      expect([...contentOf(backing).keys()].sort()).toEqual(['a', 'c']);
    });

    it('forgets everything when told, and goes on', () => {
      backing.apply(
        [
          ['a', note('a')],
          ['b', note('b')],
        ],
        9,
      );
      const begun = backing.entries()[Symbol.iterator]();
      begun.next();
      backing.clear();
      expect(begun.next().done).toBe(true);
      expect([backing.size, backing.checkpoint, backing.get('a')]).toEqual([0, 0, undefined]);
      backing.apply([['b', note('b')]], undefined);
      expect([...contentOf(backing).keys()]).toEqual(['b']);
    });

    it('is a map, whatever is applied', () => {
      const change = fc.tuple(keys, fc.option(fc.string({ maxLength: 3000 }), { nil: null }));
      fc.assert(
        fc.property(fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 12 }), (applied) => {
          using own = placeOf();
          let under = own.open();
          const model = new Map<string, Note>();
          for (const [i, batch] of applied.entries()) {
            under.apply(
              batch.map(([key, text]) => [key, text === null ? null : note(key, text)]),
              i + 1,
            );
            for (const [key, text] of batch) {
              if (text === null) model.delete(key);
              else model.set(key, note(key, text));
            }
            if (own.reopens && i % 4 === 3) {
              under.close();
              under = own.open();
              expect(under.checkpoint).toBe(i + 1);
            }
            expect(contentOf(under)).toEqual(model);
            expect(under.size).toBe(model.size);
            for (const [key] of batch) expect(under.has(key)).toBe(model.has(key));
          }
          under.close();
        }),
        { numRuns: 60 },
      );
    });
  });

  describe(`${name} under a layered store`, () => {
    const layered = (of: Backing<Note>) => new LayeredStore(of, ({ due }: Note) => due);

    it('is left as it was by rollback and abort, and changed by commit alone', () => {
      const store = layered(backing);
      store.restore([['a', note('a', 'kept', 10)]], 1);
      const before = contentOf(backing);
      store.put('b', note('b', '', 5));
      store.delete('a');
      store.rollback();
      expect(contentOf(store)).toEqual(before);
      store.put('a', note('a', 'sealed', 20));
      store.seal();
      store.put('c', note('c'));
      expect(contentOf(backing)).toEqual(before);
      store.abort();
      expect(contentOf(store)).toEqual(before);
      expect([...store.expire(10)]).toEqual([['a', note('a', 'kept', 10)]]);
      store.put('a', note('a', 'sealed', 20));
      store.seal();
      store.commit(4);
      expect(contentOf(backing)).toEqual(new Map([['a', note('a', 'sealed', 20)]]));
    });

    it('restores the tail of a changelog over what is there, in pieces', () => {
      const store = layered(backing);
      store.restore(
        [
          ['a', note('a', '1', 10)],
          ['b', note('b', '1', 5)],
        ],
        2,
      );
      store.restore(
        [
          ['b', null],
          ['a', note('a', '2', 30)],
        ],
        4,
      );
      store.restore([], 5);
      expect(contentOf(store)).toEqual(new Map([['a', note('a', '2', 30)]]));
      expect([...store.expire(29)]).toEqual([]);
      expect([...store.expire(30)].map(([key]) => key)).toEqual(['a']);
    });

    it('agrees with a naive model, whatever is done', () => {
      fc.assert(
        fc.property(commands(keys), (script) => {
          using own = placeOf();
          agreesWithModel(script, own);
        }),
        { numRuns: 60 },
      );
    });
  });
}
