// A cluster that was disconnected stays so: nothing that was under way, or comes later, opens a connection
// that keeps its process from ending.
import { expect, it } from '@jest/globals';
import { endedByDisconnect } from '../../infra/kafka/wire/ending.ts';

/** Counts its open connections; each opens after a turn, whatever happened meanwhile. */
function clusterOf() {
  const state = { open: 0, asked: 0 };
  const open = async () => {
    state.asked++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    state.open++;
  };
  const cluster = {
    connect: open,
    refreshMetadata: open,
    refreshMetadataIfNecessary: open,
    addMultipleTargetTopics: open,
    findBroker: open,
    findGroupCoordinator: open,
    async disconnect() {
      state.open = 0;
    },
  };
  return { state, cluster: endedByDisconnect(cluster) };
}

it('opens what it is asked for until then', async () => {
  const { state, cluster } = clusterOf();
  await cluster.connect();
  await cluster.findBroker();
  expect(state.open).toBe(2);
});

it('closes what a call opens that was under way', async () => {
  const { state, cluster } = clusterOf();
  const underWay = [cluster.refreshMetadata(), cluster.findBroker()];
  await cluster.disconnect();
  await Promise.all(underWay);
  expect(state).toEqual({ open: 0, asked: 2 });
});

it('refuses what asks later, before the client does anything', async () => {
  const { state, cluster } = clusterOf();
  await cluster.disconnect();
  const calls = [
    cluster.connect(),
    cluster.refreshMetadata(),
    cluster.refreshMetadataIfNecessary(),
    cluster.addMultipleTargetTopics(),
    cluster.findBroker(),
    cluster.findGroupCoordinator(),
  ];
  for (const call of calls) await expect(call).rejects.toThrow('are closed');
  expect(state).toEqual({ open: 0, asked: 0 });
});
