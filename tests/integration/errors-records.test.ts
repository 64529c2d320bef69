// What becomes of records that cannot be read or stepped, and of outputs that are too large: on a real
// broker and registry, first under the policy to halt, then, from where that left off, to skip.
import { expect, it } from '@jest/globals';
import type { Pipeline } from '../../infra/kafka/pipeline.ts';
import { runThrough as rebuilt } from '../../infra/rebuild/run-through.ts';
import type { MillraceError } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { TableSet } from '../../streams/engine/table.ts';
import { otherClicks, widerClicks, wireFormat } from '../support/foreign-schema.ts';
import { describeOnInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';
import { poison, tallyClick, tallyStage, tallyStore, tallyTopology } from '../support/tally.ts';

/** Starts it, and waits for its end. @returns the error of the stage, and its cause */
async function failureOf(pipeline: Pipeline): Promise<{ error: MillraceError; cause: unknown }> {
  await using running = pipeline;
  await running.start();
  const error = await running.failed.catch((error: unknown) => error as MillraceError);
  expect(error).toMatchObject({
    code: 'stage-failed',
    todo: expect.stringContaining('lost'),
  });
  return { error, cause: error.cause };
}

async function runThrough(pipeline: Pipeline): Promise<void> {
  await using running = pipeline;
  await running.start();
  await running.settled();
}

describeOnInfra('records that cannot be read', () => {
  it('halt the stage, which names them; or go to dead letters as they are', async () => {
    const streams = await testStreams();
    const codec = streams.codecs.of(clicks);
    const { registryUrl, layout } = streams;
    const wider = await widerClicks(registryUrl, layout.prefix);
    const other = await otherClicks(registryUrl, layout.prefix);
    const good = codec.encode(tallyClick(0));
    const values = {
      good,
      garbage: Buffer.from('not avro'),
      unknownSchema: wireFormat(0x7fff_ff00, good.subarray(5)),
      wider: wider.write({ ...tallyClick(1), device: 'phone' }),
      foreign: other.write({ clickId: 7 }),
      cut: good.subarray(0, 20),
      empty: null,
      last: codec.encode(tallyClick(2)),
    };
    // Those that can be read have the key of their user.
    const keys: Partial<Record<keyof typeof values, string>> = {
      ...{ good: 'user-0', wider: 'user-1', last: 'user-2' },
    };
    const messages = Object.entries(values).map(([name, value], i) => ({
      key: keys[name as keyof typeof values] ?? name,
      value,
      timestamp: String(1_000_000 + i),
    }));
    await streams.write(clicks, messages);

    const halting = { policy: { undecodable: 'halt' } } as const;
    const { error, cause } = await failureOf(streams.pipeline(tallyTopology, halting));
    expect(cause).toMatchObject({ code: 'record-undecodable' });
    expect(error.message).toContain('tally cannot read the record 1 of clicks/0');
    expect(error.message).toContain('ON_UNDECODABLE_RECORD=skip');
    expect(await streams.committed(rewards)).toEqual([]);

    await runThrough(streams.pipeline(tallyTopology));
    const read = (await streams.committed(rewards)).map(({ clickId }) => clickId);
    expect(read).toEqual(['c0', 'c1', 'c2']);
    const dead = await streams.committed(deadLetters);
    const at = (offset: number, key: keyof typeof values, code: string, reason: string) => ({
      at: 1_000_000 + offset,
      origin: 'clicks',
      partition: 0,
      offset,
      line: null,
      key,
      code,
      reason: expect.stringContaining(reason),
      data: values[key] ?? Buffer.alloc(0),
      skippedBy: 'tally',
    });
    expect(dead).toEqual([
      at(1, 'garbage', 'record-undecodable', 'Confluent wire format'),
      at(2, 'unknownSchema', 'schema-unknown', `names schema ${0x7fff_ff00}`),
      at(4, 'foreign', 'record-undecodable', `schema ${other.id}`),
      at(5, 'cut', 'record-undecodable', 'does not decode'),
      at(6, 'empty', 'record-undecodable', 'has 0 bytes'),
    ]);
  }, 60_000);
});

describeOnInfra('a record on which a step throws', () => {
  it('halts the stage, which names it; or leaves no trace but its dead letter', async () => {
    const streams = await testStreams();
    const years = 1e11;
    const all = Array.from({ length: 500 }, (_, i) => {
      const click = tallyClick(i, i % 9 === 4 ? poison : 'a');
      // Its time would close everything there is.
      return i % 2 === 0 && click.itemId === poison ? { ...click, at: click.at + years } : click;
    });
    // A user of the beginning, who is forgotten on the way.
    all[1] = { ...all[1]!, userId: 'once' };
    const poisoned = all.filter(({ itemId }) => itemId === poison);
    await streams.send(all.map((event) => ({ topic: clicks, event })));

    const { error, cause } = await failureOf(streams.pipeline(tallyTopology));
    expect(cause).toMatchObject({ code: 'step-failed' });
    expect(error.message).toContain('A step of tally failed on the record 4 of clicks/0');
    expect(error.message).toContain('c4 is poisoned');
    expect(error.message).toContain('ON_POISON_RECORD=skip');
    expect(await streams.committed(rewards)).toEqual([]);

    // Several transactions, so that some are on their way while others are taken back.
    const skipping = { policy: { poison: 'skip' }, limits: { records: 64 } } as const;
    await runThrough(streams.pipeline(tallyTopology, skipping));
    const memory = new MemoryRuntime(tallyTopology);
    for (const click of all) if (click.itemId !== poison) memory.send(clicks, click);
    memory.drain();
    const expected = memory.events(rewards);
    expect(expected.filter(({ clickId }) => clickId === 'forgotten')).toHaveLength(1);
    expect(await streams.committed(rewards)).toEqual(expected);
    const state = memory.task('tally').stateOf(tallyStore);
    expect(await streams.held(userStates)).toEqual(new Map(state.entries()));
    // A rebuild leaves out what the stage has left out.
    const again = await rebuilt(streams, tallyStage, 0, [all.length], new TableSet([]));
    expect(new Map(again.stateOf(tallyStore).entries())).toEqual(new Map(state.entries()));
    expect(again.streamTime).toBe(memory.task('tally').streamTime);
    expect(await streams.committed(deadLetters)).toEqual(
      poisoned.map((click) => ({
        at: click.at,
        origin: 'clicks',
        partition: 0,
        offset: all.indexOf(click),
        line: null,
        key: click.userId,
        code: 'step-failed',
        reason: `${click.clickId} is poisoned`,
        data: streams.codecs.of(clicks).encode(click),
        skippedBy: 'tally',
      })),
    );
  }, 60_000);
});

describeOnInfra('an output that is too large', () => {
  const large = tallyClick(1, 'large-100000');
  const small = Array.from({ length: 400 }, (_, i) => tallyClick(i + 2, 'large-1000'));

  it('halts the stage, whoever refuses it; or goes to dead letters, as much as fits', async () => {
    const streams = await testStreams();
    const admin = streams.kafka.admin();
    await admin.connect();
    const name = streams.nameOf(rewards);
    const configEntries = [{ name: 'max.message.bytes', value: '60000' }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name, configEntries }],
    });
    await admin.disconnect();
    const events = [tallyClick(0), large, ...small].map((event) => ({ topic: clicks, event }));
    await streams.send(events);

    const refused = await failureOf(streams.pipeline(tallyTopology));
    expect(refused.cause).toMatchObject({ code: 'record-too-large' });
    expect(refused.error.message).toContain('max.message.bytes of the topic is lower');

    const lower = { maxRecordBytes: 50_000 };
    const halted = await failureOf(streams.pipeline(tallyTopology, { policy: lower }));
    expect(halted.cause).toMatchObject({ code: 'record-too-large' });
    expect(halted.error.message).toMatch(
      /for \S*rewards has 100\d{3} bytes, and 50000 are allowed/,
    );
    expect(await streams.committed(rewards)).toEqual([]);

    const skipping = { policy: { ...lower, oversized: 'skip' } } as const;
    await runThrough(streams.pipeline(tallyTopology, skipping));
    const memory = new MemoryRuntime(tallyTopology);
    for (const { event } of events) memory.send(clicks, event);
    memory.drain();
    const [first, missing, ...rest] = memory.events(rewards);
    // Together the small ones are larger than a batch may be.
    expect(await streams.committed(rewards)).toEqual([first, ...rest]);
    const bytes = streams.codecs.of(rewards).encode(missing);
    const [dead, ...more] = await streams.committed(deadLetters);
    expect(more).toEqual([]);
    expect(dead).toMatchObject({
      origin: 'rewards',
      partition: 0,
      offset: null,
      key: large.userId,
      code: 'record-too-large',
      reason: expect.stringMatching(`of ${bytes.length} bytes are kept`),
    });
    expect(dead!.data.length).toBeGreaterThan(48_000);
    expect(dead!.data).toEqual(bytes.subarray(0, dead!.data.length));
  }, 60_000);
});
