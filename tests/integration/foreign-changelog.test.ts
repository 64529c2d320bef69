// A changelog is a topic that others can write to: what is no state of ours is left out of a restored store.
import { expect, it } from '@jest/globals';
import { noInstruments } from '../../infra/kafka/instruments.ts';
import { codeOf } from '../../schemas/errors.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { describeOnInfra } from '../support/infra.ts';
import { testStreams } from '../support/streams.ts';
import { tallyClick, tallyTopology } from '../support/tally.ts';

const some = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ topic: clicks, event: tallyClick(from + i) }));

describeOnInfra('a changelog with records of strangers', () => {
  it('gives the state without them, and the policy may be to halt', async () => {
    const streams = await testStreams();
    {
      await using pipeline = streams.pipeline(tallyTopology);
      await pipeline.start();
      await streams.send(some(0, 70));
      await pipeline.settled();
    }
    const before = (await streams.held(userStates)).get('user-0')!;
    expect(before).toMatchObject({ feedbacks: 10, valueSum: 315 });
    const codec = streams.codecs.of(userStates);
    await streams.write(userStates, [
      { key: 'user-0', value: Buffer.from('no record of ours') },
      { key: 'user-0', value: codec.encode({ ...before, valueSum: Number.NaN, feedbacks: 99 }) },
      { key: 'user-0', value: codec.encode({ ...before, userId: 'user-1', feedbacks: 99 }) },
    ]);
    const halting = streams.pipeline(tallyTopology, { policy: { undecodable: 'halt' } });
    const ended = await halting
      .start()
      .then(() => halting.failed)
      .catch(codeOf);
    expect(ended).toBe('stage-failed');
    await halting[Symbol.asyncDispose]();
    const skipped: string[] = [];
    const instruments = {
      ...noInstruments,
      skipped: (_stage: string, code: string) => void skipped.push(code),
    };
    await using pipeline = streams.pipeline(tallyTopology, { instruments });
    await pipeline.start();
    await streams.send(some(70, 7));
    await pipeline.settled();
    expect(skipped).toEqual(['record-undecodable', 'event-invalid', 'event-invalid']);
    const last = (await streams.committed(rewards)).filter(({ clickId }) => clickId === 'c70');
    expect(last).toMatchObject([{ userId: 'user-0', impressionId: '11', value: 385 }]);
  }, 60_000);
});
