// Rows of other people's logs become events by the rules of a mapping, or are refused by name.
import { describe, expect, it } from '@jest/globals';
import type { Mapped } from '../../../datasets/mapping/mapped.ts';
import { mapperOf } from '../../../datasets/mapping/mapper.ts';
import { parseJson, type Row } from '../../../datasets/mapping/row.ts';
import { sourcesShape } from '../../../datasets/mapping/shape.ts';

const source = (rows: readonly unknown[], more: object = {}) =>
  sourcesShape.parse([{ name: 'shop', from: 'x', format: 'jsonl', rows, ...more }])[0]!;
const map = (rule: object, row: Row | string, more: object = {}) =>
  mapperOf(source([rule], more))(typeof row === 'string' ? (parseJson(row) as Row) : row);

const clicksOf = ({ events }: Mapped) =>
  events.flatMap((one) => (one.kind === 'click' ? [one.event] : []));

const view = { is: 'impression', user: 'visitor', item: 'sku', time: { field: 'ts', unit: 'ms' } };
const buy = { is: 'buy', user: 'visitor', item: 'sku', time: { field: 'ts', unit: 's' } };
const at = Date.UTC(2025, 10, 30, 10, 0, 0);

describe('a mapping', () => {
  it('makes a slate of a row, with a propensity that it does not claim to know', () => {
    const { events, refusal } = map(
      { ...view, item: 'shown[]', candidates: 'of' },
      { visitor: 'u', shown: ['a', 'b'], of: 8, ts: at },
    );
    expect(refusal).toBeNull();
    expect(events).toMatchObject([
      {
        kind: 'impression',
        event: {
          userId: 'u',
          at,
          servedBy: 'logged',
          propensitySource: 'estimated',
          candidateCount: 8,
          items: [
            { itemId: 'a', position: 0, propensity: 1 / 8 },
            { itemId: 'b', position: 1, propensity: 1 / 8 },
          ],
        },
      },
    ]);
  });

  it('takes propensities of the log for exact, and orders by position', () => {
    const { events } = map(
      { ...view, item: 'i[].id', propensity: 'i[].p', position: 'i[].at', firstPosition: 1 },
      {
        visitor: 'u',
        ts: at,
        i: [
          { id: 'b', p: 0.5, at: 2 },
          { id: 'a', p: 0.25, at: 1 },
        ],
      },
    );
    expect(events[0]).toMatchObject({
      event: {
        propensitySource: 'drawn',
        slateLogProb: Math.log(0.25) + Math.log(0.5),
        items: [
          { itemId: 'a', position: 0, propensity: 0.25 },
          { itemId: 'b', position: 1, propensity: 0.5 },
        ],
      },
    });
  });

  it('makes feedback of each product of an order, each with its price and an id of its own', () => {
    const order = map(
      { ...buy, item: 'lines[].sku', value: 'lines[].price', id: 'order' },
      '{"visitor":7,"ts":1764496800,"order":"o1","lines":[{"sku":"a","price":"9.50"},{"sku":"b","price":3}]}',
    );
    expect(clicksOf(order)).toMatchObject([
      { clickId: 'shop-buy-o1-0', itemId: 'a', value: 9.5, userId: '7' },
      { clickId: 'shop-buy-o1-1', itemId: 'b', value: 3, userId: '7' },
    ]);
  });

  it('gives the same id to the same facts, and another to others', () => {
    const idOf = (sku: string) =>
      clicksOf(map(buy, { visitor: 'u', sku, ts: 1764496800 }))[0]!.clickId;
    expect(idOf('a')).toBe(idOf('a'));
    expect(idOf('a')).not.toBe(idOf('b'));
  });

  it('joins feedback to a slate by an id of several fields, without any memory', () => {
    const by = { all: ['session', 'sku'] };
    const row = { visitor: 'u', sku: 'a', session: 's1', ts: at };
    const bought = map({ ...buy, time: view.time, impression: by }, row);
    expect(map({ ...view, id: by }, row).events).toMatchObject([
      { event: { impressionId: 's1:a' } },
    ]);
    expect(clicksOf(bought)).toMatchObject([{ impressionId: 's1:a' }]);
  });

  it('applies every rule that holds, so one row may be a slate and its click', () => {
    const clicked = { ...view, is: 'click', impression: 'page', where: { clicked: [1, 'yes'] } };
    const mapper = mapperOf(source([{ ...view, id: 'page' }, clicked]));
    const kinds = (row: Row) => mapper(row).events.map(({ kind }) => kind);
    const row = { visitor: 'u', sku: 'a', page: 'p', ts: at };
    expect(kinds({ ...row, clicked: 1 })).toEqual(['impression', 'click']);
    expect(kinds({ ...row, clicked: 'yes' })).toEqual(['impression', 'click']);
    expect(kinds({ ...row, clicked: 0 })).toEqual(['impression']);
  });

  it('makes catalogue entries, with groups of several fields and cut texts', () => {
    const { events } = map(
      {
        is: 'item',
        item: 'sku',
        title: 'name',
        groups: ['brand', { field: 'tags', split: '|' }],
        attributes: { price: 'price' },
      },
      { sku: '007', name: 'Mug ', brand: 'Acme', tags: 'kitchen | blue', price: 4 },
    );
    expect(events).toEqual([
      {
        kind: 'item',
        event: {
          itemId: '007',
          at: 0,
          title: 'Mug',
          text: 'Mug, Acme, kitchen, blue',
          groups: ['Acme', 'kitchen', 'blue'],
          attributes: { price: '4' },
        },
      },
    ]);
  });

  it('counts stars from a threshold on as clicks', () => {
    const rule = { ...buy, is: 'rating', value: 'stars', positiveFrom: 4 };
    const positive = (stars: string) =>
      clicksOf(map(rule, { visitor: 'u', sku: 'a', ts: 1764496800, stars }))[0]!.positive;
    expect([positive('3.5'), positive('4')]).toEqual([false, true]);
  });

  it('takes the first user id that is there, and what stands in for a price', () => {
    const rule = { ...buy, user: ['user', 'anon'], value: { field: 'price', otherwise: 2 } };
    const row = { user: '', anon: 'x', sku: 'a', ts: 1764496800 };
    expect(map(rule, row).events[0]).toMatchObject({ event: { userId: 'x', value: 2 } });
  });

  it('makes requests and deletions', () => {
    expect(
      map(
        { is: 'request', user: 'u', time: view.time, candidates: 'c[]', k: 3 },
        { u: 'x', ts: at, c: ['a'] },
        { from: undefined, topic: 't', format: 'json' },
      ),
    ).toMatchObject({ events: [{ event: { userId: 'x', k: 3, candidates: ['a'] } }] });
    expect(() => map({ is: 'request', user: 'u', time: view.time }, {})).toThrow(
      /requests are answered live: of a `topic` alone/,
    );
    expect(map({ is: 'deleted-item', item: 'sku' }, { sku: 'a' }).events).toEqual([
      { kind: 'deleted-item', itemId: 'a', at: 0 },
    ]);
  });
});

describe('a row that cannot be used', () => {
  const good = { visitor: 'u', sku: 'a', ts: 1764496800 };
  const refused = (row: Row, rule: object = buy, more?: object) => map(rule, row, more).refusal;

  it.each([
    ['field-missing', 'visitor', { ...good, visitor: null }],
    ['field-missing', 'sku', { visitor: 'u', ts: 1764496800 }],
    ['id-invalid', 'visitor', { ...good, visitor: 'null' }],
    ['id-invalid', 'visitor', { ...good, visitor: '  ' }],
    ['id-invalid', 'sku', { ...good, sku: 'x'.repeat(513) }],
    ['id-invalid', 'sku', { ...good, sku: 2 ** 53 }],
    ['id-invalid', 'sku', { ...good, sku: { id: 'a' } }],
    ['time-invalid', 'ts', { ...good, ts: 1764496800000 }],
  ])('is refused as %s in %s', (code, field, row) => {
    const { events, refusal } = map(buy, row as Row);
    expect(events).toEqual([]);
    expect(refusal).toMatchObject({ code, field });
  });

  it('is refused whole: one bad line of an order leaves no event of the others', () => {
    const rule = { ...buy, item: 'l[].sku', value: 'l[].price' };
    const l = [
      { sku: 'a', price: '1' },
      { sku: 'b', price: '€ 2' },
    ];
    expect(map(rule, { visitor: 'u', ts: 1764496800, l })).toEqual({
      events: [],
      refusal: { code: 'number-invalid', field: 'l[].price', what: '"€ 2" is no decimal number' },
    });
  });

  it('is told apart from one that the mapping ignores', () => {
    const mapper = mapperOf(
      source([
        { ...buy, where: { event: 'bought' } },
        { is: 'ignored', where: { event: 'ping' } },
      ]),
    );
    expect(mapper({ event: 'ping' })).toEqual({ events: [], refusal: null });
    expect(mapper({ event: 'pong' }).refusal).toEqual({
      code: 'row-unmatched',
      field: '',
      what: 'no rule of the mapping holds for a row with event "pong"',
    });
  });

  it('is refused for a time to come, if the latest is known', () => {
    const mapper = mapperOf(source([buy]), { latest: 1764496800000 });
    expect(mapper(good).refusal).toBeNull();
    expect(mapper({ ...good, ts: 1764496801 }).refusal).toMatchObject({ code: 'event-ahead' });
  });

  it('is refused by the rules of the topic', () => {
    const limits = { value: { least: 0, most: 5 } };
    const mapper = mapperOf(source([{ ...buy, value: 'v' }]), { limits });
    expect(mapper({ ...good, v: 6 }).refusal).toMatchObject({
      code: 'event-invalid',
      field: 'value',
    });
  });

  it('has no value where a text stands for none', () => {
    expect(refused({ ...good, sku: '-' }, buy, { absent: ['-'] })).toMatchObject({
      code: 'field-missing',
    });
  });
});

describe('a number of JSON', () => {
  it('keeps every digit as an id', () => {
    const row = '{"visitor":12345678901234567890,"sku":9007199254740993,"ts":1764496800}';
    expect(map(buy, row).events[0]).toMatchObject({
      event: { userId: '12345678901234567890', itemId: '9007199254740993' },
    });
  });

  it('stays as it is written', () => {
    expect(parseJson('{"a":1.50,"b":1e3,"c":-0,"d":7,"e":[0.1]}')).toEqual({
      a: '1.50',
      b: '1e3',
      c: '-0',
      d: 7,
      e: [0.1],
    });
  });
});

describe('a mapping in the file', () => {
  const problems = (rule: object, more: object = {}) =>
    sourcesShape
      .safeParse([{ name: 's', from: 'x', format: 'csv', rows: [rule], ...more }])
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

  it('says which field of a rule is missing, and which has no business there', () => {
    expect(problems({ is: 'buy', user: 'u', item: 'i' })).toEqual([
      '0.rows.0.time: buy needs time',
    ]);
    expect(problems({ ...buy, title: 't' })[0]).toMatch(
      /^0.rows.0.title: buy has no title; it may/,
    );
    expect(problems({ ...buy, is: 'rating', value: 'v' })).toEqual([
      '0.rows.0.positiveFrom: rating needs positiveFrom',
    ]);
  });

  it('refuses zones, formats and paths that are none', () => {
    const time = (rule: object) => problems({ ...buy, time: { field: 't', ...rule } });
    expect(time({ zone: 'Mars/Base' })).toEqual(['0.rows.0.time.zone: there is no zone Mars/Base']);
    expect(time({ unit: 'format', format: 'yy' })[0]).toMatch(/format: y is no letter/);
    expect(time({ unit: 'format' })[0]).toMatch(/belong together/);
    expect(problems({ ...buy, user: 'a..b' })[0]).toMatch(/is no path to a field/);
    expect(problems(buy, { topic: 't' })[0]).toMatch(/`from` or `topic` is wanted/);
  });
});
