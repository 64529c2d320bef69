// Traces of one task without a broker: what is a span, of which trace, and what it costs when a collector
// is slow or away.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { tracingOf } from '../../app/tracing.ts';
import { BoundedProcessor } from '../../infra/tracing/bounded-processor.ts';
import { type OpenTracing, openTracing } from '../../infra/tracing/open.ts';
import { formatTraceParent, parseTraceParent } from '../../infra/tracing/trace-parent.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { type Receiver, receiveOtlp } from '../support/otlp-receiver.ts';

const client = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const other = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const traceOf = (parent: string | undefined) => parent?.split('-')[1];

let receiver: Receiver;
let tracing: OpenTracing;
beforeEach(async () => {
  receiver = await receiveOtlp();
  tracing = await openTracing({ url: `${receiver.url}/`, headers: { 'x-key': 'k' } });
});
afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
});

const serve = () => tracing.task('serve', 3, [requests]);
const event = (topic: AnyTopic, parent?: string) => ({ topic, partition: 3, offset: 7, parent });
async function sent() {
  await tracing[Symbol.asyncDispose]();
  return receiver.spans;
}

describe('the tracer of a task', () => {
  it('follows a request to its impression, and the key of its slate to what closes it', async () => {
    const tracer = serve();
    tracer.begin({ ...event(requests, client), writtenAt: 1_000, fetchedAt: 1_250 });
    const carried = tracer.output(impressions);
    tracer.remember('slate');
    tracer.seal()();
    const kept = tracer.contextOf('slate');
    // In another life of the task.
    const next = serve();
    next.restore('slate', kept);
    next.beginAdvance();
    next.recall('slate');
    const example = next.output(examples);
    next.seal()();
    const spans = await sent();
    expect(spans.map(({ name }) => name).sort()).toEqual(
      ['receive requests', 'serve requests', 'serve commit', 'serve close', 'serve commit'].sort(),
    );
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceOf(client)]));
    const named = (name: string) => spans.find((one) => one.name === name)!;
    expect(named('serve requests').parentSpanId).toBe(client.split('-')[2]);
    expect(named('serve close').parentSpanId).toBe(named('serve requests').spanId);
    expect(carried).toBe(kept);
    expect(example).toBe(`00-${traceOf(client)}-${named('serve close').spanId}-01`);
    const { startTimeUnixNano: from, endTimeUnixNano: to } = named('receive requests');
    expect([Number(from) / 1e6, Number(to) / 1e6]).toEqual([1_000, 1_250]);
    expect(receiver.headers).toMatchObject({ 'x-key': 'k' });
    expect([...receiver.services]).toEqual(['millrace']);
    expect(tracing.counts).toEqual({ exported: 5, dropped: 0, failed: 0 });
  });

  it('begins a trace with a request that has none, and with nothing else', async () => {
    const tracer = serve();
    tracer.begin(event(impressions));
    expect(tracer.output(examples)).toBeUndefined();
    tracer.begin(event(requests, 'no context'));
    expect(traceOf(tracer.output(impressions))).toMatch(/^[0-9a-f]{32}$/);
    tracer.seal()();
    expect((await sent()).map(({ name }) => name).sort()).toEqual([
      'serve commit',
      'serve requests',
    ]);
  });

  it('puts feedback into the trace of its slate, with a link to its own', async () => {
    const tracer = serve();
    tracer.restore('slate', client);
    tracer.begin(event(clicks, other));
    tracer.recall('slate');
    expect(traceOf(tracer.output(examples))).toBe(traceOf(client));
    tracer.begin(event(clicks));
    tracer.recall('unknown');
    expect(tracer.output(examples)).toBeUndefined();
    tracer.seal()();
    const clicked = (await sent()).filter(({ name }) => name === 'serve clicks');
    expect(clicked.map(({ traceId }) => traceId).sort()).toEqual(
      [traceOf(client), traceOf(other)].sort(),
    );
    const joined = clicked.find(({ traceId }) => traceId === traceOf(client));
    expect(joined?.links).toMatchObject([{ traceId: traceOf(other) }]);
  });

  it('keeps windows apart that one event closes, forgets keys, and drops what is taken back', async () => {
    const tracer = serve();
    tracer.restore('a', client);
    tracer.restore('b', other);
    tracer.beginAdvance();
    for (const [key, parent] of [
      ['a', client],
      ['b', other],
      ['c', undefined],
    ] as const) {
      tracer.recall(key);
      expect(traceOf(tracer.output(examples))).toBe(traceOf(parent));
    }
    tracer.drop();
    tracer.restore('a', undefined);
    expect(tracer.contextOf('a')).toBeUndefined();
    tracer.begin(event(requests, client));
    tracer.seal()(new Error('fenced'));
    const spans = await sent();
    expect(spans.map(({ name }) => name).sort()).toEqual(['serve commit', 'serve requests']);
    expect(spans.map(({ status }) => status?.code)).toEqual([2, 2]);
  });

  it('tells no key of a record and no content', async () => {
    const tracer = serve();
    tracer.begin(event(requests, client));
    tracer.seal()();
    const keys = (await sent()).flatMap(({ attributes }) => attributes.map(({ key }) => key));
    expect([...new Set(keys)].sort()).toEqual([
      'messaging.destination.name',
      'messaging.destination.partition.id',
      'messaging.kafka.offset',
      'messaging.operation.type',
      'messaging.system',
      'millrace.stage',
    ]);
  });

  it('hands on a context that is not to be recorded, and records nothing', async () => {
    const tracer = serve();
    tracer.begin(event(requests, client.replace(/01$/, '00')));
    expect(tracer.output(impressions)).toMatch(new RegExp(`^00-${traceOf(client)}-.{16}-00$`));
    tracer.seal()();
    expect(await sent()).toEqual([]);
  });

  it('carries the context of an enricher through its work', async () => {
    const carried = await tracing.enrich('explain', event(impressions, client), async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return tracing.carried();
    });
    expect(traceOf(carried)).toBe(traceOf(client));
    expect(tracing.carried()).toBeUndefined();
    expect(await sent()).toMatchObject([{ name: 'explain impressions', traceId: traceOf(client) }]);
  });
});

describe('a context', () => {
  it('is read as W3C has it, and what is none is none', () => {
    expect(formatTraceParent(parseTraceParent(client)!)).toBe(client);
    expect(parseTraceParent(`01${client.slice(2)}-more`)).toBeDefined();
    const none = [
      undefined,
      '',
      'x',
      `ff${client.slice(2)}`,
      `${client}-more`,
      client.toUpperCase(),
    ];
    for (const text of none) expect(parseTraceParent(text)).toBeUndefined();
    expect(parseTraceParent(`00-${'0'.repeat(32)}-b7ad6b7169203331-01`)).toBeUndefined();
    expect(
      parseTraceParent(`00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`),
    ).toBeUndefined();
  });
});

describe('a collector that does not keep up', () => {
  const span = {} as ReadableSpan;
  const exporter = (answer: (done: (result: { code: number }) => void) => void) => {
    const sizes: number[] = [];
    const made: SpanExporter = {
      export(spans, done) {
        sizes.push(spans.length);
        answer(done);
      },
      shutdown: async () => {},
    };
    return { made, sizes };
  };

  it('costs spans, which are counted, and no memory: one batch goes out, the rest has a bound', () => {
    const { made, sizes } = exporter(() => {});
    const processor = new BoundedProcessor(made, { capacity: 100, batch: 10 });
    for (let i = 0; i < 10_000; i++) processor.onEnd(span);
    expect(sizes).toEqual([10]);
    expect(processor.counts).toEqual({ exported: 0, dropped: 10_000 - 110, failed: 0 });
  });

  it('that refuses, or throws, costs the batch', async () => {
    const { made, sizes } = exporter((done) => {
      if (sizes.length === 2) throw new Error('away');
      done({ code: sizes.length === 1 ? 1 : 0 });
    });
    const processor = new BoundedProcessor(made, { capacity: 100, batch: 10 });
    for (let i = 0; i < 3; i++) {
      processor.onEnd(span);
      await processor.forceFlush();
    }
    expect(processor.counts).toEqual({ exported: 1, dropped: 0, failed: 2 });
    await processor.shutdown();
  });

  it('that is not there fails what it is sent, and ends in time', async () => {
    const away = await openTracing({ url: 'http://127.0.0.1:9' });
    const tracer = away.task('serve', 0, [requests]);
    tracer.begin(event(requests));
    tracer.seal()();
    const begun = performance.now();
    await away[Symbol.asyncDispose]();
    expect(performance.now() - begun).toBeLessThan(4_000);
    expect(away.counts.exported).toBe(0);
  }, 10_000);
});

it('traces nothing unless a collector is named', async () => {
  const none = { url: undefined, headers: undefined, service: 'millrace', share: 1 };
  expect(await tracingOf({ tracing: none })).toBeUndefined();
  const named = {
    ...none,
    url: receiver.url,
    headers: 'authorization=Bearer%20x, x-b=2',
    share: 0,
  };
  await using opened = (await tracingOf({ tracing: named }))!;
  const tracer = opened.task('serve', 0, [requests]);
  tracer.begin(event(requests));
  tracer.begin(event(requests, client));
  tracer.seal()();
  await opened[Symbol.asyncDispose]();
  // No trace begun here is recorded; one that is recorded elsewhere is.
  expect(receiver.spans.map(({ traceId }) => traceId)).toEqual([traceOf(client), traceOf(client)]);
  expect(receiver.headers).toMatchObject({ authorization: 'Bearer x', 'x-b': '2' });
});
