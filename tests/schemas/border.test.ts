// What the border lets in and what it refuses, field by field, and how a refusal is told.
import { describe, expect, it } from '@jest/globals';
import type { AvroSchema } from '../../schemas/avro.ts';
import { judgeOf } from '../../schemas/border.ts';
import { createCodec } from '../../schemas/codec.ts';
import type { MillraceError } from '../../schemas/errors.ts';
import { topics } from '../../schemas/index.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { borderDefaults, latestTime } from '../../schemas/rules.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests, wordLimits } from '../../schemas/topics/requests.ts';
import { clickOf, impressionOf, itemOf } from '../support/events.ts';
import { validEvent } from '../support/valid-event.ts';

const click = clickOf('c', 'i', 'u', 'x', 5);
const slate = impressionOf('i', 'u', 5, ['x', 'y']);
const item = itemOf('x', ['drama']);
const request = requestOf({ requestId: 'r', userId: 'u', at: 5, k: 3 });

/** Path and problem of the refusal, after a way through the bytes of the topic; none if it passes. */
function refusal(topic: AnyTopic, event: unknown, key = topic.keyOf(event)): string {
  const codec = createCodec(topic, 7);
  try {
    codec.take({ key, value: codec.encode(event) });
    return 'none';
  } catch (error) {
    expect(error).toMatchObject({ code: 'event-invalid', remedy: 'skip' });
    return (error as MillraceError).why!;
  }
}

const shown = (part: object) => ({
  ...slate,
  items: [slate.items[0]!, { ...slate.items[1]!, ...part }],
});

it.each([
  ['a click', clicks, click],
  ['a slate', impressions, slate],
  ['an item', items, item],
  ['a request', requests, request],
  ['a click that names no slate', clicks, { ...click, impressionId: '' }],
  ['an item that stands twice in a logged slate', impressions, shown({ itemId: 'x' })],
  ['a slate of nothing', impressions, { ...slate, items: [] }],
  ['a propensity of 1', impressions, shown({ propensity: 1 })],
  ['a value of minus nothing', clicks, { ...click, value: -0 }],
  ['the latest time', clicks, { ...click, at: latestTime }],
] as const)('%s passes', (_what, topic, event) => {
  expect(refusal(topic, event)).toBe('none');
});

describe.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d', (wrong) => {
  it.each([
    ['value', clicks, { ...click, value: wrong }],
    ['confidence', clicks, { ...click, confidence: wrong }],
    ['similarity', clicks, { ...click, similarity: wrong }],
    ['slateLogProb', impressions, { ...slate, slateLogProb: wrong }],
    ['latencyMs', impressions, { ...slate, latencyMs: wrong }],
    ['items[1].propensity', impressions, shown({ propensity: wrong })],
    ['items[1].score', impressions, shown({ score: wrong })],
    ['items[1].similarity', impressions, shown({ similarity: wrong })],
    ['items[1].targetPropensities[0]', impressions, shown({ targetPropensities: [wrong] })],
  ] as const)('is refused as %s', (field, topic, event) => {
    expect(refusal(topic, event)).toContain(`${field}: ${wrong} is not `);
  });
});

it.each([
  ['value: 1e+308 is not from -1000000000 to 1000000000.', clicks, { ...click, value: 1e308 }],
  ['confidence: 1.5 is not from 0 to 1.', clicks, { ...click, confidence: 1.5 }],
  ['at: -1 is not a time in the years 1970 to 2299, in ms.', clicks, { ...click, at: -1 }],
  [`at: ${latestTime + 1} is not a time`, clicks, { ...click, at: latestTime + 1 }],
  ['clickId: it is empty.', clicks, { ...click, clickId: '' }],
  [
    'itemId: it has 513 characters, and 512 are allowed.',
    clicks,
    { ...click, itemId: 'x'.repeat(513) },
  ],
  ['userId: it is empty.', clicks, { ...click, userId: '' }],
  ['items[1].propensity: 0 is not above 0 and at most 1.', impressions, shown({ propensity: 0 })],
  ['items[1].propensity: -0 is not above 0', impressions, shown({ propensity: -0 })],
  ['items[1].propensity: 1.01 is not above 0', impressions, shown({ propensity: 1.01 })],
  ['items[1].position: -1 is not finite and at least 0.', impressions, shown({ position: -1 })],
  ['items[1].itemId: it is empty.', impressions, shown({ itemId: '' })],
  [
    'items: an item has not one target propensity',
    impressions,
    shown({ targetPropensities: [0.5] }),
  ],
  ['candidateCount: -1 is not', impressions, { ...slate, candidateCount: -1 }],
  [
    'items: it has 1001 entries, and 1000 are allowed.',
    impressions,
    { ...slate, items: Array.from({ length: 1001 }, () => slate.items[0]!) },
  ],
  ['k: 0 is not from 1 to 1000.', requests, { ...request, k: 0 }],
  ['k: 2147483647 is not from 1 to 1000.', requests, { ...request, k: 2_147_483_647 }],
  ['candidates[0]: it is empty.', requests, { ...request, candidates: [''] }],
  [
    'candidates: it has 10001 entries, and 10000 are allowed.',
    requests,
    { ...request, candidates: Array.from({ length: 10_001 }, String) },
  ],
  ['itemId: it is empty.', items, { ...item, itemId: '' }],
  [
    'text: it has 200001 characters, and 200000 are allowed.',
    items,
    { ...item, text: 'x'.repeat(200_001) },
  ],
  [
    'groups: it has 1001 entries, and 1000 are allowed.',
    items,
    { ...item, groups: Array.from({ length: 1_001 }, String) },
  ],
] as const)('%s', (why, topic, event) => {
  expect(refusal(topic, event)).toContain(why);
});

describe('the key', () => {
  it('is the field that the topic is keyed by', () => {
    expect(refusal(clicks, click, 'v')).toBe('key: it is "v", and "u", its userId, is wanted.');
    expect(refusal(clicks, { ...click, userId: 'u'.repeat(99) }, 'v')).toContain(
      `"${'u'.repeat(40)}…"`,
    );
    expect(refusal(clicks, click, '')).toContain('key: it is ""');
  });

  it('is wanted', () => {
    const judge = judgeOf(clicks);
    expect(judge(click, undefined)).toEqual({
      field: 'key',
      problem: 'it has none, and "u", its userId, is wanted',
    });
  });
});

it('takes the range of rewards that is configured', () => {
  const judge = judgeOf(clicks, { ...borderDefaults, value: { least: 0, most: 5 } });
  expect(judge({ ...click, value: 5 }, 'u')).toBeUndefined();
  expect(judge({ ...click, value: 5.5 }, 'u')).toEqual({
    field: 'value',
    problem: '5.5 is not from 0 to 5',
  });
});

describe('a request', () => {
  const { texts, text, entries, name, value } = wordLimits;
  const named = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, 'v']));

  it.each([
    { said: ['x'.repeat(text)] },
    { said: ['x'.repeat(text + 1)] },
    { said: Array.from({ length: texts }, () => 'x') },
    { said: Array.from({ length: texts + 1 }, () => 'x') },
    { said: [' \t'] },
    { said: [''] },
    { context: named(entries) },
    { context: named(entries + 1) },
    { context: { ['n'.repeat(name)]: 'v' } },
    { context: { ['n'.repeat(name + 1)]: 'v' } },
    { context: { 'a b': 'v' } },
    { context: { device: 'v'.repeat(value) } },
    { context: { device: 'v'.repeat(value + 1) } },
    { context: { device: ' ' } },
    { k: 1 },
    { k: 0 },
    { k: 1_000 },
    { k: 1_001 },
    { at: -1 },
    { at: latestTime + 1 },
    { userId: '' },
    { requestId: 'r'.repeat(513) },
    { surface: '' },
    { surface: 's'.repeat(513) },
    { candidates: [''] },
    { candidates: Array.from({ length: 10_001 }, String) },
  ])('by a program is held to the rules of the topic: %j', (part) => {
    const given = { requestId: 'r', userId: 'u', at: 5, k: 3, surface: 'home', ...part };
    const byTopic = refusal(requests, { ...request, ...given });
    let byProgram = 'none';
    try {
      requestOf(given);
    } catch (error) {
      expect((error as MillraceError).code).toBe('request-invalid');
      byProgram = (error as MillraceError).why!;
    }
    expect(byProgram === 'none').toBe(byTopic === 'none');
  });

  it('is refused without a word of what was said', () => {
    const secret = 'call me on +44 20 7946 0958 ';
    for (const part of [
      { said: [secret.repeat(50)] },
      { context: { [secret]: 'v' } },
      { context: { device: secret.repeat(9) } },
    ]) {
      const why = refusal(requests, { ...request, ...part });
      expect(why).not.toBe('none');
      expect(why).not.toContain('7946');
    }
  });
});

const all = (topics as readonly AnyTopic[]).map((topic) => [topic.name, topic] as const);

it.each(all)(
  '%s: what its rules allow passes, and NaN in any of its numbers does not',
  (_, topic) => {
    const event = validEvent(topic);
    expect(refusal(topic, event)).toBe('none');
    for (const [path, changed] of withNaN(topic.schema, event)) {
      const { field, problem } = judgeOf(topic)(changed, topic.keyOf(changed))!;
      expect([field.replaceAll('[0]', ''), problem]).toEqual([
        path,
        expect.stringMatching(/^NaN is not /),
      ]);
    }
  },
);

/** Copies of a value, each with NaN in the place of one number that Avro has a NaN for. */
function* withNaN(type: AvroSchema, value: unknown): Generator<[path: string, changed: unknown]> {
  if (type === 'double' || type === 'float') yield ['', Number.NaN];
  else if (Array.isArray(type)) yield* withNaN(type.at(-1) as AvroSchema, value);
  else if (typeof type === 'object' && 'fields' in type) {
    for (const { name, type: inner } of type.fields) {
      const whole = value as Record<string, unknown>;
      for (const [path, changed] of withNaN(inner, whole[name])) {
        yield [path === '' ? name : `${name}.${path}`, { ...whole, [name]: changed }];
      }
    }
  } else if (typeof type === 'object' && 'items' in type) {
    for (const [path, one] of withNaN(type.items, (value as unknown[])[0])) yield [path, [one]];
  }
}

it('a refusal is an error of ours that names the topic and the remedy', () => {
  const codec = createCodec(clicks, 1);
  const value = codec.encode({ ...click, value: Number.NaN });
  let message = '';
  try {
    codec.take({ key: Buffer.from('u'), value });
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toBe(
    'A record of clicks cannot be used.\n  value: NaN is not from -1000000000 to 1000000000.\n  Mend what writes it; docs/border.md has the rules of clicks.',
  );
});
