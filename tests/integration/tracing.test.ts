// One trace from the request of a client to the update of the policy, on the real broker, through a restart
// while the slate waits for its feedback; and the same records with no collector there.
import { expect, it } from '@jest/globals';
import { openTracing } from '../../infra/tracing/open.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { type Request, requests } from '../../schemas/topics/requests.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, itemOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { type KeptSpan, receiveOtlp } from '../support/otlp-receiver.ts';
import { testStreams } from '../support/streams.ts';

const client = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const [, traceId, clientSpan] = client.split('-');
const hour = 3_600_000;

const requestAt = (requestId: string, at: number): Request => ({
  ...{ requestId, userId: 'u', at, k: 3, surface: 'test' },
  ...{ candidates: null, said: null, context: null },
});

describeOnInfra('tracing on a broker', () => {
  it('gives one trace from the request to the update, through a restart', async () => {
    await using receiver = await receiveOtlp();
    const streams = await testStreams(1);
    const at = Date.now() - 5 * hour;
    const catalogue = ['a', 'b', 'c', 'd'].map((id) => ({ topic: items, event: itemOf(id) }));
    await streams.send(catalogue);
    const life = async (events: () => Promise<void>) => {
      await using tracing = await openTracing({ url: receiver.url });
      await using pipeline = streams.pipeline(mainTopology(), { tracing });
      await pipeline.start();
      await events();
      await pipeline.settled();
    };
    await life(async () => {
      const request = requestAt('r1', at);
      const value = streams.codecs.of(requests).encode(request);
      await streams.write(requests, [{ key: 'u', value, headers: { traceparent: client } }]);
    });
    const [slate] = await streams.committed(impressions);
    const { impressionId, items: shown } = slate!;
    const click = clickOf('c1', impressionId, 'u', shown[0]!.itemId, at + 60_000);
    await life(async () => {
      await streams.send([{ topic: clicks, event: click }]);
      // An hour later the window has closed.
      await streams.send([{ topic: requests, event: requestAt('r2', at + hour) }]);
    });
    expect(await streams.committed(examples)).toHaveLength(1);

    const mine = receiver.spans.filter((span) => span.traceId === traceId);
    const named = (name: string): KeptSpan => {
      const [found, ...more] = mine.filter((span) => span.name === name);
      expect([name, found === undefined, more]).toEqual([name, false, []]);
      return found!;
    };
    const request = named('serve requests');
    expect(request.parentSpanId).toBe(clientSpan);
    expect(named('receive requests').parentSpanId).toBe(request.spanId);
    expect(named('serve clicks').parentSpanId).toBe(request.spanId);
    const close = named('serve close');
    expect(close.parentSpanId).toBe(request.spanId);
    expect(named('learn examples').parentSpanId).toBe(close.spanId);
    expect(
      mine.filter(({ name }) => name === 'serve commit').map((one) => one.parentSpanId),
    ).toEqual(expect.arrayContaining([request.spanId, close.spanId]));
    for (const span of mine) {
      expect(Number(span.endTimeUnixNano)).toBeGreaterThanOrEqual(Number(span.startTimeUnixNano));
      expect(span.status?.code ?? 0).toBe(0);
    }
    // The second request is in a trace of its own; nobody's id or title is in any.
    const roots = receiver.spans.filter((span) => span.name === 'serve requests');
    expect(new Set(roots.map((span) => span.traceId)).size).toBe(2);
    expect(JSON.stringify(receiver.spans)).not.toMatch(/"(u|c1|r1)"|Item a/);
  }, 180_000);

  it('goes on as fast, and writes the same, when the collector is not there', async () => {
    await using tracing = await openTracing({
      url: 'http://127.0.0.1:9',
      queue: { capacity: 20, everyMs: 50 },
    });
    const streams = await testStreams(1);
    await streams.send([{ topic: items, event: itemOf('a') }]);
    await using pipeline = streams.pipeline(mainTopology(), { tracing });
    await pipeline.start();
    const at = Date.now() - hour;
    const asked = Array.from({ length: 300 }, (_, i) => requestAt(`r${i}`, at + i));
    await streams.send(asked.map((event) => ({ topic: requests, event })));
    await pipeline.settled();
    expect(await streams.committed(impressions)).toHaveLength(300);
    const { exported, dropped, failed } = tracing.counts;
    expect(exported).toBe(0);
    expect(dropped + failed).toBeGreaterThan(0);
  }, 180_000);
});
