// What becomes of the events that an enricher fails on, never ends with, or is too slow for.
import { expect, it } from '@jest/globals';
import type { ErrorPolicy } from '../../infra/kafka/errors-policy.ts';
import { type ErrorParts, MillraceError } from '../../schemas/errors.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { enriching, rewardOf, type Work } from '../support/enrichers.ts';
import { describeOnInfra } from '../support/infra.ts';
import { RetryLog } from '../support/retry-log.ts';
import { testStreams } from '../support/streams.ts';
import { tallyClick } from '../support/tally.ts';

const count = 5;
const events = Array.from({ length: count }, (_, i) => ({ topic: clicks, event: tallyClick(i) }));

/** An enricher on five clicks; of the third, the test's own work comes first. */
async function enricher(onThird: Work, policy: Partial<ErrorPolicy> = {}) {
  const streams = await testStreams();
  await streams.send(events);
  const retries = new RetryLog();
  const tries: string[] = [];
  const topology = enriching(async (click, ports) => {
    tries.push(click.clickId);
    if (click.clickId === 'c2') await onThird(click, ports);
    await ports.emit(rewards, [rewardOf(click)]);
  });
  const pipeline = streams.pipeline(topology, {
    log: retries.log,
    policy: { firstPauseMs: 20, longestPauseMs: 50, retries: 3, ...policy },
  });
  await pipeline.start();
  const written = async () => (await streams.committed(rewards)).map(({ clickId }) => clickId);
  return { streams, topology, pipeline, retries, tries, written };
}

const deadLetterFor = (click: Click, rest: object) => ({
  at: click.at,
  origin: 'clicks',
  partition: 0,
  line: null,
  key: click.userId,
  skippedBy: 'fake',
  ...rest,
});

function failing(error: Error | ErrorParts): Work {
  return () => Promise.reject(error instanceof Error ? error : new MillraceError(error));
}

describeOnInfra('an event on which an enricher fails', () => {
  it('is tried again after pauses that grow, and then is done once', async () => {
    let failures = 0;
    const run = await enricher(() => {
      if (++failures <= 3) throw new Error('not yet');
    });
    {
      await using pipeline = run.pipeline;
      await pipeline.settled();
    }
    expect(run.tries).toEqual(['c0', 'c1', 'c2', 'c2', 'c2', 'c2', 'c3', 'c4']);
    expect(run.retries.seen).toEqual([20, 40, 50].map((pause) => ({ code: 'unexpected', pause })));
    expect(await run.written()).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    // What was handled is committed.
    await using again = run.streams.pipeline(run.topology);
    await again.start();
    await again.settled();
    expect(run.tries).toHaveLength(8);
  }, 60_000);

  it('goes to dead letters once its tries are used up, if the policy is to skip', async () => {
    const run = await enricher(failing(new Error('no use')), { poison: 'skip' });
    await using pipeline = run.pipeline;
    await pipeline.settled();
    expect(run.tries.filter((id) => id === 'c2')).toHaveLength(4);
    expect(await run.written()).toEqual(['c0', 'c1', 'c3', 'c4']);
    const data = run.streams.codecs.of(clicks).encode(tallyClick(2));
    expect(await run.streams.committed(deadLetters)).toEqual([
      deadLetterFor(tallyClick(2), { offset: 2, code: 'step-failed', reason: 'no use', data }),
    ]);
  }, 60_000);

  it('halts the pipeline once its tries are used up, if the policy is to halt', async () => {
    const run = await enricher(failing(new Error('no use')));
    await using pipeline = run.pipeline;
    const error = await pipeline.failed.catch((error: unknown) => error as MillraceError);
    expect(error).toMatchObject({ code: 'stage-failed', cause: { code: 'step-failed' } });
    expect(error.message).toContain('It failed on the record 2 of clicks/0.');
    expect(error.message).toContain('no use');
    expect(run.tries).toEqual(['c0', 'c1', 'c2', 'c2', 'c2', 'c2']);
    expect(await run.streams.committed(deadLetters)).toEqual([]);
  }, 60_000);

  it('is skipped or halts at once, where the error says so', async () => {
    const skipping = await enricher(failing({ code: 'text-empty', what: 'None.', remedy: 'skip' }));
    {
      await using pipeline = skipping.pipeline;
      await pipeline.settled();
    }
    expect(skipping.tries).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    const [dead] = await skipping.streams.committed(deadLetters);
    expect(dead).toMatchObject({ offset: 2, code: 'text-empty', reason: 'None.' });

    const halting = await enricher(failing({ code: 'model-missing', what: 'No model.' }), {
      poison: 'skip',
    });
    await using pipeline = halting.pipeline;
    await expect(pipeline.failed).rejects.toMatchObject({ cause: { code: 'model-missing' } });
    expect(halting.tries).toEqual(['c0', 'c1', 'c2']);
  }, 60_000);

  it('is tried again when a handler never ends', async () => {
    const run = await enricher(() => new Promise(() => {}), {
      poison: 'skip',
      stuckAfterMs: 300,
      retries: 1,
    });
    await using pipeline = run.pipeline;
    await pipeline.settled();
    expect(run.tries).toEqual(['c0', 'c1', 'c2', 'c2', 'c3', 'c4']);
    expect(run.retries.seen).toEqual([{ code: 'task-stuck', pause: 20 }]);
    const [dead] = await run.streams.committed(deadLetters);
    expect(dead).toMatchObject({ offset: 2, code: 'task-stuck' });
    expect(dead?.reason).toContain('The work of fake on the record 2 of clicks/0 has not ended');
  }, 60_000);

  it('does not hold up the end of the pipeline', async () => {
    const asked = Promise.withResolvers<void>();
    const run = await enricher(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    await asked.promise;
    await run.pipeline[Symbol.asyncDispose]();
    expect(await run.written()).toEqual(['c0', 'c1']);
  }, 60_000);
});

describeOnInfra('an output of an enricher that is too large', () => {
  const large: Work = (click, { emit }) => emit(rewards, [rewardOf(click, 'x'.repeat(50_000))]);

  it('goes to dead letters, as much as fits; or halts', async () => {
    const lower = { maxRecordBytes: 20_000 };
    const skipping = await enricher(large, { ...lower, oversized: 'skip' });
    {
      await using pipeline = skipping.pipeline;
      await pipeline.settled();
    }
    expect(await skipping.written()).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    const [dead, ...more] = await skipping.streams.committed(deadLetters);
    expect(more).toEqual([]);
    const partition = null;
    const { userId: key } = tallyClick(2);
    const code = 'record-too-large';
    expect(dead).toMatchObject({ origin: 'rewards', partition, offset: null, key, code });
    expect(dead?.data.length).toBeGreaterThan(18_000);

    const halting = await enricher(large, lower);
    await using pipeline = halting.pipeline;
    await expect(pipeline.failed).rejects.toMatchObject({ cause: { code } });
    expect(halting.tries).toEqual(['c0', 'c1', 'c2']);
  }, 60_000);
});
