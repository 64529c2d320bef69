import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Content } from '../../infra/rebuild/content.ts';
import { createCodec } from '../../schemas/codec.ts';
import { items } from '../../schemas/topics/items.ts';
import { itemOf } from '../support/events.ts';

const codec = createCodec(items, 7);

function contentOf(rows: readonly (readonly [number, string, string])[]): Content {
  const content = new Content();
  for (const [partition, key, value] of rows) content.putBytes(partition, key, Buffer.from(value));
  return content;
}

describe('the content of a table', () => {
  it('has the hash of its rows in order of partition and key, each after its lengths', () => {
    const bytes = Buffer.concat([
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2]),
      Buffer.from('bxy'),
      Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]),
      Buffer.from('az'),
    ]);
    const expected = createHash('sha256').update(bytes).digest('hex');
    expect(
      contentOf([
        [1, 'a', 'z'],
        [0, 'b', 'xy'],
      ]).sha256(),
    ).toBe(expected);
  });

  it('does not depend on the order of arrival, nor on what was there before', () => {
    const one = contentOf([
      [0, 'a', '1'],
      [0, 'b', '2'],
    ]);
    const other = contentOf([
      [0, 'c', '9'],
      [0, 'b', '5'],
      [0, 'a', '1'],
      [0, 'b', '2'],
    ]);
    expect(other.sha256()).not.toBe(one.sha256());
    other.delete(0, 'c');
    expect(other.sha256()).toBe(one.sha256());
  });

  it('tells a key from its value and a partition from another', () => {
    const hashes = [
      contentOf([[0, 'ab', 'c']]),
      contentOf([[0, 'a', 'bc']]),
      contentOf([[1, 'ab', 'c']]),
      contentOf([]),
    ].map((content) => content.sha256());
    expect(new Set(hashes).size).toBe(4);
  });

  it('is the same for a value whatever id its schema has in a registry', () => {
    const [one, other] = [new Content(), new Content()];
    one.put(0, 'x', itemOf('x', ['drama']), codec);
    other.put(0, 'x', itemOf('x', ['drama']), createCodec(items, 99));
    expect(one.sha256()).toBe(other.sha256());
    other.put(0, 'x', itemOf('x', ['comedy']), codec);
    expect(one.sha256()).not.toBe(other.sha256());
  });

  it('says what differs', () => {
    const live = contentOf([
      [0, 'same', '1'],
      [0, 'gone', '1'],
      [0, 'other', '1'],
    ]);
    const made = contentOf([
      [0, 'same', '1'],
      [0, 'other', '2'],
      [0, 'new', '1'],
    ]);
    expect(live.differenceTo(made)).toEqual({
      missing: 1,
      extra: 1,
      changed: 1,
      keys: ['gone', 'other', 'new'],
    });
    expect(live.differenceTo(live)).toEqual({ missing: 0, extra: 0, changed: 0, keys: [] });
  });
});
