// Groups of every kind on one cluster, as `millrace topics` shows them.
import { expect, it } from '@jest/globals';
import { overviewOf } from '../../infra/kafka/overview.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { describeOnInfra } from '../support/infra.ts';
import { joinNewGroup } from '../support/new-groups.ts';
import { testStreams } from '../support/streams.ts';
import { tallyClick, tallyTopology } from '../support/tally.ts';

describeOnInfra('the overview', () => {
  it('shows groups of the newer kinds beside ours, and counts those of others', async () => {
    const streams = await testStreams();
    const { kafka, application, nameOf } = streams;
    await streams.send([{ topic: clicks, event: tallyClick(0) }]);
    await using pipeline = streams.pipeline(tallyTopology);
    await pipeline.start();
    await pipeline.settled();
    const join = (kind: 'consumer' | 'share', group: string) =>
      joinNewGroup(kafka, kind, group, nameOf(clicks));
    await join('consumer', `${application}-new`);
    await join('share', `${application}-shared`);
    await join('share', `other-${application}`);

    const admin = kafka.admin();
    await admin.connect();
    try {
      const seen = await overviewOf(kafka, admin, [clicks], nameOf, application);
      expect(seen.topics).toMatchObject([{ topic: nameOf(clicks), replicas: 1, inSync: 1 }]);
      expect(seen.groups).toMatchObject([
        { group: `${application}-new`, kind: 'consumer', members: 1 },
        { group: `${application}-shared`, kind: 'share', members: 1, topics: [] },
        {
          group: `${application}-tally`,
          kind: 'classic',
          state: 'Stable',
          members: 1,
          topics: [{ topic: nameOf(clicks), lag: expect.any(Number) }],
        },
      ]);
      expect(seen.otherGroups.share).toBeGreaterThanOrEqual(1);
      // A living group is not called dead.
      expect(seen.groups.map(({ state }) => state)).not.toContain('Dead');
    } finally {
      await admin.disconnect();
    }
  }, 60_000);
});
