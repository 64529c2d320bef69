// A call that is tried again until a deadline: how long that lasts, and what it says in the end.
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../infra/kafka/clock.ts';
import { withRetries } from '../../infra/kafka/retry-policy.ts';
import { type Cluster, protocolError } from '../../infra/kafka/wire/cluster.ts';

const notEnoughReplicas = 19;
const never = () => new Promise<never>(() => {});

const clusterWith = (refreshMetadata: () => Promise<void>) =>
  ({ isConnected: () => true, refreshMetadata }) as unknown as Cluster;

async function failing(cluster: Cluster, action: () => Promise<unknown>) {
  const begun = performance.now();
  const until = systemClock.now() + 300;
  const error = await withRetries(cluster, until, action, () => false, systemClock).then(
    () => undefined,
    (thrown: { type?: string }) => thrown,
  );
  return { type: error?.type, tookMs: performance.now() - begun };
}

describe('a call that fails until its deadline', () => {
  it('says why it failed, though the last try was cut off', async () => {
    let tries = 0;
    const { type, tookMs } = await failing(
      clusterWith(async () => {}),
      async () => (++tries > 2 ? never() : Promise.reject(protocolError(notEnoughReplicas))),
    );
    expect(type).toBe('NOT_ENOUGH_REPLICAS');
    expect(tookMs).toBeLessThan(3_000);
  });

  it('ends in its time while nobody tells who leads', async () => {
    const { type, tookMs } = await failing(clusterWith(never), async () =>
      Promise.reject(protocolError(notEnoughReplicas)),
    );
    expect(type).toBe('NOT_ENOUGH_REPLICAS');
    expect(tookMs).toBeLessThan(3_000);
  });

  it('that was never answered says so', async () => {
    const { type } = await failing(
      clusterWith(async () => {}),
      never,
    );
    expect(type).toBe('REQUEST_TIMED_OUT');
  });
});
