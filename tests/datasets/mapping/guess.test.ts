// Mappings are guessed by names and values, with reasons; what is written can be read, and maps its own rows.
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { guessSources } from '../../../datasets/mapping/guess/guess.ts';
import type { GuessedSource } from '../../../datasets/mapping/guess/guessed.ts';
import type { Sample } from '../../../datasets/mapping/guess/profile.ts';
import { guessTime } from '../../../datasets/mapping/guess/times.ts';
import { verbOf, wordsOf } from '../../../datasets/mapping/guess/words.ts';
import { sourcesYaml } from '../../../datasets/mapping/guess/written.ts';
import type { MappedEvent } from '../../../datasets/mapping/mapped.ts';
import { mapperOf } from '../../../datasets/mapping/mapper.ts';
import type { Row } from '../../../datasets/mapping/row.ts';
import { sourcesShape } from '../../../datasets/mapping/shape.ts';

const many = (count: number, make: (i: number) => Row): Row[] =>
  Array.from({ length: count }, (_, i) => make(i));
const start = 1_764_000_000_000;

/** Events that the written mapping makes of the rows of its own sample; none may be refused. */
function mapped(sample: Sample, guessed: GuessedSource): MappedEvent[] {
  const origin = { name: 's', from: 'x', format: 'jsonl' } as const;
  const text = sourcesYaml([{ origin, guessed, rows: sample.rows.length }]);
  const [source] = sourcesShape.parse((parse(text) as { sources: unknown }).sources);
  const mapper = mapperOf(source!);
  return sample.rows.flatMap((row) => {
    const { events, refusal } = mapper(row);
    expect(refusal).toBeNull();
    return events;
  });
}

function kindsOf(sample: Sample, guessed: GuessedSource): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of mapped(sample, guessed)) {
    const kind = one.kind === 'click' ? one.event.kind : one.kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const guess = (sample: Sample) => guessSources([sample])[0]!;
const says = ({ unclear }: GuessedSource) => unclear.map((one) => one.about);

describe('a shop with names of its own', () => {
  const products = {
    name: 'waren.jsonl',
    rows: many(50, (i) => ({
      nr: `${100 + i}`,
      bezeichnung: `Ding ${i}`,
      rubrik: ['a', 'b'][i % 2]!,
    })),
  };
  const events = {
    name: 'log.jsonl',
    rows: many(400, (i) => ({
      was: i % 4 === 0 ? 'gekauft' : 'gesehen',
      wer: `k${i % 23}`,
      nr: `${100 + (i % 50)}`,
      um: start + i * 1000,
      ...(i % 4 === 0 && { betrag: '3,50' }),
    })),
  };
  const [catalogue, log] = guessSources([products, events]);

  it('is known by its values: items by the catalogue, users by coming back, times by their size', () => {
    expect(catalogue!.rows).toMatchObject([
      { is: 'item', fields: { item: 'nr', title: 'bezeichnung' } },
    ]);
    expect(log!.unclear).toEqual([]);
    expect(log!.decimal).toBe(',');
    expect(log!.rows.map(({ is, where }) => [is, where])).toEqual([
      ['buy', { was: 'gekauft' }],
      ['impression', { was: 'gesehen' }],
    ]);
    const { fields, reasons } = log!.rows[0]!;
    expect(fields).toMatchObject({
      user: 'wer',
      item: 'nr',
      time: { field: 'um', unit: 'ms' },
      value: { field: 'betrag', otherwise: 1 },
    });
    expect(reasons.item).toEqual({
      confidence: 0.95,
      because: 'its values are ids of waren.jsonl',
    });
    expect(reasons.user!.because).toMatch(/come back/);
  });

  it('maps every row', () => {
    expect(kindsOf(products, catalogue!)).toEqual({ item: 50 });
    expect(kindsOf(events, log!)).toEqual({ buy: 100, impression: 300 });
  });
});

describe('a log whose shape is public', () => {
  const product = (i: number) => ({
    product_id: `p${i % 9}`,
    name: `P ${i % 9}`,
    price: 2.5,
    position: 1,
  });
  const track = (i: number, event: string, properties: Row, more: Row = {}): Row => ({
    ...{ type: 'track', event, userId: i % 3 ? `u${i % 7}` : null, anonymousId: `a${i % 7}` },
    ...{ messageId: `m${i}`, timestamp: new Date(start + i * 1000).toISOString(), properties },
    ...more,
  });
  const segment = (more: Row = {}) => [
    ...many(10, (i) =>
      track(i, 'Product List Viewed', { products: [product(i), product(i + 1)] }, more),
    ),
    ...many(10, (i) => track(20 + i, 'Product Clicked', product(i), more)),
    ...many(5, (i) =>
      track(40 + i, 'Order Completed', { products: [product(i), product(i + 2)] }, more),
    ),
    ...many(5, (i) => track(50 + i, 'Signed Up', {}, more)),
    { type: 'identify', userId: 'u1', messageId: 'x', ...more },
  ];

  it('Segment: lists are slates, orders are one purchase each product', () => {
    const sample = { name: 'segment.jsonl', rows: segment() };
    expect(guess(sample).known).toBe('Segment');
    expect(kindsOf(sample, guess(sample))).toEqual({
      impression: 10,
      click: 10,
      buy: 10,
      item: 40,
    });
    const [first] = mapped(sample, guess(sample));
    expect(first).toMatchObject({
      event: { userId: 'a0', items: [{ itemId: 'p0' }, { itemId: 'p1' }] },
    });
  });

  it('Segment beside a catalogue: products are not taken from events', () => {
    const catalogue = { name: 'c.csv', rows: many(9, (i) => ({ id: `p${i}`, title: `T ${i}` })) };
    const sample = { name: 'segment.jsonl', rows: segment() };
    const [log] = guessSources([sample, catalogue]);
    expect(kindsOf(sample, log!)).toEqual({ impression: 10, click: 10, buy: 10 });
  });

  it('RudderStack is told from Segment', () => {
    const context = { library: { name: 'RudderLabs JavaScript SDK' } };
    const sample = { name: 'r.jsonl', rows: segment({ context }) };
    expect(guess(sample).known).toBe('RudderStack');
    expect(kindsOf(sample, guess(sample)).impression).toBe(10);
  });

  it('GA4: items of the export, microseconds, a product page as a slate of one', () => {
    const rows = many(20, (i) => ({
      event_date: '20251130',
      event_timestamp: `${(start + i * 1000) * 1000}`,
      event_name: ['view_item', 'purchase', 'session_start'][i % 3]!,
      user_pseudo_id: `${i % 5}.1`,
      user_id: null,
      items:
        i % 3 === 2 ? [] : [{ item_id: `p${i % 4}`, item_name: 'P', item_category: 'C', price: 2 }],
    }));
    const sample = { name: 'ga4.parquet', rows };
    expect(guess(sample)).toMatchObject({ known: 'GA4 e-commerce' });
    expect(kindsOf(sample, guess(sample))).toEqual({ impression: 7, item: 14, buy: 7 });
    expect(mapped(sample, guess(sample))[0]).toMatchObject({ event: { at: start } });
  });

  it('Snowplow: the e-commerce action says what happened', () => {
    const action =
      'unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1';
    const products = 'contexts_com_snowplowanalytics_snowplow_ecommerce_product_1';
    const rows = many(12, (i) => ({
      event_id: `e${i}`,
      domain_userid: `d${i % 3}`,
      derived_tstamp: '2025-11-30 10:00:00.000',
      [action]: { type: ['list_view', 'list_click', 'checkout_step'][i % 3]! },
      [products]: [{ id: `p${i % 4}`, name: 'P', category: 'C', position: 1 }],
    }));
    const sample = { name: 'snowplow.jsonl', rows };
    expect(guess(sample).known).toBe('Snowplow');
    expect(kindsOf(sample, guess(sample))).toEqual({ impression: 4, click: 4, item: 8 });
  });
});

describe('what is guessed', () => {
  const base = (i: number) => ({
    user_id: `u${i % 9}`,
    item_id: `i${i % 5}`,
    ts: start / 1000 + i,
  });

  it('ratings have their threshold, flags make slates and clicks, purchases alone say what they lack', () => {
    const ratings = {
      name: 'r.csv',
      rows: many(40, (i) => ({ ...base(i), rating: `${1 + (i % 5)}` })),
    };
    expect(guess(ratings).rows).toMatchObject([{ is: 'rating', fields: { positiveFrom: 4 } }]);
    const flags = { name: 'x.csv', rows: many(40, (i) => ({ ...base(i), clicked: `${i % 2}` })) };
    expect(kindsOf(flags, guess(flags))).toEqual({ impression: 40, click: 20 });
    const orders = { name: 'orders.csv', rows: many(40, (i) => ({ ...base(i), price: '1.50' })) };
    expect(guess(orders).notes[0]).toMatch(/no rate or off-policy estimate/);
    expect(kindsOf(orders, guess(orders))).toEqual({ buy: 40 });
  });

  it('lists of items are slates, and then a product page is a click', () => {
    const rows = many(60, (i) =>
      i % 3 === 0
        ? { event: 'search_results_shown', user_id: `u${i % 9}`, skus: ['a', 'b'], ts: start + i }
        : { event: 'product_view', user_id: `u${i % 9}`, sku: 'a', ts: start + i },
    );
    const sample = { name: 'events.jsonl', rows };
    expect(kindsOf(sample, guess(sample))).toEqual({ impression: 20, click: 40 });
  });

  it('a propensity is never taken for one unasked', () => {
    const sample = {
      name: 'views.csv',
      rows: many(40, (i) => ({ ...base(i), propensity: '0.2' })),
    };
    expect(guess(sample).rows[0]!.fields).not.toHaveProperty('propensity');
    expect(guess(sample).notes.join()).toMatch(/may be a propensity/);
  });

  it('nothing is told of numbers without names, of an empty file, of days that may be months', () => {
    const plain = { name: 'x.csv', rows: many(40, (i) => ({ a: `${i % 7}`, b: `${i % 5}` })) };
    expect(says(guess(plain))).toEqual(['user', 'item', 'time', 'kind']);
    expect(says(guess({ name: 'e.csv', rows: [] }))).toEqual(['rows']);
    const dates = (days: number) => ({
      name: 'orders.csv',
      rows: many(40, (i) => ({
        ...base(i),
        ts: `${String(1 + (i % days)).padStart(2, '0')}/03/2025`,
      })),
    });
    expect(says(guess(dates(12)))).toEqual(['format']);
    expect(says(guess(dates(28)))).toEqual([]);
  });

  it('what somebody says comes before every guess', () => {
    const plain = {
      name: 'x.csv',
      rows: many(40, (i) => ({ a: `${i % 7}`, b: `${i % 5}`, c: `${start + i}` })),
    };
    const hints = { 'x.csv': { user: 'a', item: 'b', time: 'c', kind: 'like' } };
    const [guessed] = guessSources([plain], hints);
    expect(guessed!.unclear).toEqual([]);
    expect(kindsOf(plain, guessed!)).toEqual({ like: 40 });
  });
});

describe('words', () => {
  it('are cut at cases and signs, and events are known by how they begin', () => {
    expect(wordsOf('properties.productId')).toEqual(['product', 'id']);
    const names = [
      'Product Viewed',
      'order_placed',
      'addToCart',
      'start_session',
      'displayed',
      'seed',
    ];
    expect(names.map(verbOf)).toEqual(['view', 'buy', 'cart', undefined, 'list', undefined]);
  });

  it('of times: a zone that is not written is said to be assumed', () => {
    expect(guessTime(['2025-11-30 10:00:00'])).toMatchObject({
      rule: { unit: 'iso', zone: 'UTC' },
      why: { confidence: 0.6 },
    });
    expect(guessTime(['1764496800', '1764496801'])).toMatchObject({ rule: { unit: 's' } });
    expect(guessTime(['7', '8'])).toBeUndefined();
  });
});
