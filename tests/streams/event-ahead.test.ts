// An event of a time too far ahead of the clock: it is a dead letter, moves no time, and stays left out.
import { describe, expect, it } from '@jest/globals';
import { clicks } from '../../schemas/topics/clicks.ts';
import { type DeadLetter, deadLetters } from '../../schemas/topics/dead-letters.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { type EnricherDef, onAsync } from '../../streams/engine/enricher.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { mainTopology } from '../../streams/topology.ts';
import { clickOf, impressionOf } from '../support/events.ts';
import { madeExamples } from '../support/examples.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const start = Date.UTC(2026, 0, 5);

/** A clock that is set by hand, and what lets in ten minutes more. */
const clockAt = (now: number) => {
  const clock = { now, latest: () => clock.now + 10 * minuteMs };
  return clock;
};

const told = ({ origin, code, skippedBy }: DeadLetter) => `${skippedBy}: ${origin} ${code}`;

describe('an event ahead of the clock', () => {
  it.each([
    ['slate', impressions, impressionOf('ahead', 'other', start + 2 * hourMs, ['b'])],
    ['click', clicks, clickOf('ahead', 'i0', 'other', 'b', start + 2 * hourMs)],
  ])('closes no window and makes nobody late: a %s', (_kind, topic, ahead) => {
    const { latest } = clockAt(start);
    const runtime = new MemoryRuntime(mainTopology(), { latest });
    runtime.send(impressions, impressionOf('i0', 'me', start - minuteMs, ['a']));
    runtime.send(topic, ahead as never);
    runtime.drain();
    runtime.send(clicks, clickOf('c0', 'i0', 'me', 'a', start));
    runtime.drain();
    expect(runtime.events(rewards).map(({ clickId }) => clickId)).toEqual(['c0']);
    expect(runtime.events(deadLetters).map(told)).toEqual([`serve: ${topic.name} event-ahead`]);
    expect(runtime.events(deadLetters)[0]!.at).toBeLessThanOrEqual(latest());
    expect(runtime.task('serve').streamTime).toBe(start);
  });

  it('holds up nothing of its own input: what comes after it is in order', () => {
    const clock = clockAt(start);
    const runtime = new MemoryRuntime(mainTopology(), { latest: clock.latest });
    runtime.send(impressions, impressionOf('ahead', 'other', start + 2 * hourMs, ['b']));
    runtime.send(impressions, impressionOf('i0', 'me', start - minuteMs, ['a']));
    runtime.send(clicks, clickOf('c0', 'i0', 'me', 'a', start));
    runtime.drain();
    expect(runtime.events(rewards)).toHaveLength(1);
    expect(runtime.events(deadLetters).map(told)).toEqual(['serve: impressions event-ahead']);
  });

  it('is let in up to the bound, and one that comes later once its time has come', () => {
    const clock = clockAt(start);
    const runtime = new MemoryRuntime(mainTopology(), { latest: clock.latest });
    const send = (id: string, at: number) => {
      runtime.send(impressions, impressionOf(id, 'me', at, ['a']));
      runtime.drain();
    };
    send('bound', start + 10 * minuteMs);
    send('beyond', start + 10 * minuteMs + 1);
    clock.now += 1;
    send('beyond-again', start + 10 * minuteMs + 1);
    expect(runtime.events(deadLetters)).toHaveLength(1);
    expect(runtime.task('serve').streamTime).toBe(start + 10 * minuteMs + 1);
  });

  it('stays left out of what a learner learns again after a restart, though its time has come', () => {
    const [few, ahead] = [madeExamples(60), madeExamples(1, 1, 1, 9)[0]!];
    const late = few.at(-1)!.closedAt + 2 * hourMs;
    const learned = (sent: readonly Example[]) => {
      const clock = clockAt(few.at(-1)!.closedAt);
      const runtime = new MemoryRuntime(mainTopology(), { latest: clock.latest });
      for (const example of sent) runtime.send(examples, example);
      runtime.drain();
      clock.now += 3 * hourMs;
      runtime.restart();
      runtime.drain();
      const skipped = runtime.events(deadLetters).map(told);
      return { skipped, bytes: Buffer.from(runtime.task('learn').logic.snapshot!.save()) };
    };
    const without = learned(few);
    const among = [...few.slice(0, 30), { ...ahead, closedAt: late }, ...few.slice(30)];
    const beside = learned(among);
    expect(beside.bytes.equals(without.bytes)).toBe(true);
    expect(without.skipped).toEqual([]);
    expect(beside.skipped).toContain('learn: examples event-ahead');
    expect(new Set(beside.skipped).size).toBe(beside.skipped.length);
    // It would have been learned from.
    const whole = learned([...few.slice(0, 30), ahead, ...few.slice(30)]);
    expect(whole.bytes.equals(without.bytes)).toBe(false);
  });

  it('is not handed to an enricher', async () => {
    const seen: string[] = [];
    const enricher: EnricherDef = {
      ...{ name: 'watch', doc: 'Watches slates.', inputs: [impressions], outputs: [] },
      ...{ prompt: true, tables: [] },
      create: () => ({
        counts: {},
        handlers: [onAsync(impressions, ({ impressionId }) => void seen.push(impressionId))],
      }),
    };
    const { latest } = clockAt(start);
    const topology = { stages: [], enrichers: [enricher] };
    const runtime = new MemoryRuntime(topology, { latest });
    runtime.send(impressions, impressionOf('ahead', 'me', start + hourMs, ['a']));
    runtime.send(impressions, impressionOf('i0', 'me', start, ['a']));
    await runtime.settle();
    expect(seen).toEqual(['i0']);
    expect(runtime.events(deadLetters).map(told)).toEqual(['watch: impressions event-ahead']);
  });
});
