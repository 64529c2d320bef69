// What becomes of a stage whose topics are deleted, whose task gets no further, or whose disk is full.
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { openLmdbStores } from '../../infra/stores/lmdb.ts';
import type { MillraceError } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { impressionOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { RetryLog } from '../support/retry-log.ts';
import { smallDisk } from '../support/small-disk.ts';
import { testStreams } from '../support/streams.ts';
import { mergingStage, tallyClick, tallyTopology } from '../support/tally.ts';

const quick = { firstPauseMs: 50, longestPauseMs: 200, retryForMs: 500 };

describeOnInfra('a topic that is deleted under a running stage', () => {
  it.each([
    [clicks, 'tally reads'],
    [rewards, 'tally writes to'],
  ])(
    'ends the pipeline with its name: %#',
    async (topic, use) => {
      const streams = await testStreams();
      const restarts = new RetryLog();
      const policy = { ...quick, retries: 2 };
      await using pipeline = streams.pipeline(tallyTopology, { policy, log: restarts.log });
      await pipeline.start();
      await streams.send([{ topic: clicks, event: tallyClick(0) }]);
      await pipeline.settled();
      const admin = streams.kafka.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [streams.nameOf(topic)] });
      await admin.disconnect();
      if (topic !== clicks) await streams.send([{ topic: clicks, event: tallyClick(1) }]);
      const error = await pipeline.failed.catch((error: unknown) => error as MillraceError);
      expect(error).toMatchObject({ code: 'stage-failed', cause: { code: 'topic-missing' } });
      expect(error.message).toContain(`The topic ${streams.nameOf(topic)}, which ${use}`);
      expect(restarts.seen).toHaveLength(2);
    },
    60_000,
  );
});

describeOnInfra('a task that gets no further', () => {
  it('is begun anew until it does', async () => {
    const streams = await testStreams();
    const { kafka, nameOf, codecs, application } = streams;
    const restarts = new RetryLog();
    await using pipeline = streams.pipeline(
      { stages: [mergingStage], enrichers: [] },
      { log: restarts.log, policy: { ...quick, stuckAfterMs: 300 } },
    );
    // Nobody may know what is behind a transaction that is open.
    const producer = kafka.producer({
      transactionalId: `${application}-open`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    const value = codecs.of(impressions).encode(impressionOf('i', 'user-0', 1, ['a']));
    const messages = [{ key: 'user-0', value, timestamp: '1' }];
    await transaction.send({ topic: nameOf(impressions), messages });

    await pipeline.start();
    await streams.send([{ topic: clicks, event: tallyClick(0) }]);
    await Promise.race([restarts.until(2), pipeline.failed]);
    expect(restarts.seen[0]).toEqual({ code: 'task-stuck', pause: 50 });
    expect(await streams.committed(rewards)).toEqual([]);
    await transaction.commit();
    await producer.disconnect();
    await pipeline.settled();
    expect((await streams.committed(rewards)).map(({ clickId }) => clickId)).toEqual(['c0']);
  }, 60_000);
});

const disk = smallDisk('4m');
afterAll(() => disk[Symbol.dispose]());
const onSmallDisk = disk.why === '' ? it : it.skip;

describeOnInfra(`a full disk${disk.why && ` (skipped: ${disk.why})`}`, () => {
  onSmallDisk(
    'holds up a stage with its state on it, until there is room again',
    async () => {
      const streams = await testStreams();
      const restarts = new RetryLog();
      using stores = openLmdbStores({
        ...streams,
        dir: join(disk.dir, 'state'),
        clusterId: 'here',
        codecOf: (topic) => streams.codecs.of(topic),
      });
      await using pipeline = streams.pipeline(tallyTopology, {
        openBacking: stores.open,
        log: restarts.log,
        policy: quick,
      });
      await pipeline.start();
      const users = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, i) => ({
          topic: clicks,
          event: { ...tallyClick(from + i), userId: `user-${from + i}`, at: 1_000_000 },
        }));
      const [few, many] = [users(0, 10), users(10, 3_000)];
      await streams.send(few);
      await pipeline.settled();
      {
        using _full = disk.fill();
        await streams.send(many);
        await Promise.race([restarts.until(2), pipeline.failed]);
        expect(restarts.seen[0]).toEqual({ code: 'disk-full', pause: 50 });
      }
      await pipeline.settled();
      const memory = new MemoryRuntime(tallyTopology);
      for (const { topic, event } of [...few, ...many]) memory.send(topic, event);
      memory.drain();
      expect(await streams.committed(rewards)).toEqual(memory.events(rewards));
      expect(await streams.committed(deadLetters)).toEqual([]);
    },
    60_000,
  );
});
