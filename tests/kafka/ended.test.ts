// A cluster that was disconnected stays so: nothing that was under way, or comes later, opens a connection
// that keeps its process from ending.
import { expect, it } from '@jest/globals';
import { beginningAgain, endingAll, unlessEnded } from '../../infra/kafka/ended.ts';

/** Counts its open connections; each opens after a turn, whatever happened meanwhile. */
class Cluster {
  opened = 0;
  asked = 0;
  readonly brokerPool = { disconnect: async () => this.close() };

  close(): void {
    this.opened = 0;
  }

  async open(): Promise<void> {
    this.asked++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.opened++;
  }
}

function clusterOf() {
  const cluster = new Cluster();
  const open = async () => cluster.open();
  const of = (call: (this: Cluster) => Promise<unknown>) => () => call.call(cluster);
  return {
    cluster,
    connect: of(beginningAgain(open)),
    find: of(unlessEnded(open)),
    disconnect: of(endingAll(async () => cluster.close())),
  };
}

it('opens what it is asked for until then', async () => {
  const { cluster, connect, find } = clusterOf();
  await connect();
  await find();
  expect(cluster.opened).toBe(2);
});

it('closes what a call opens that was under way', async () => {
  const { cluster, connect, find, disconnect } = clusterOf();
  const underWay = [connect(), find()];
  await disconnect();
  await Promise.all(underWay);
  expect(cluster).toMatchObject({ opened: 0, asked: 2 });
});

it('refuses what asks later, for good, before anything is opened', async () => {
  const { cluster, find, disconnect } = clusterOf();
  await disconnect();
  await expect(find()).rejects.toMatchObject({
    message: 'The connections to the cluster are closed.',
    retriable: false,
  });
  expect(cluster.asked).toBe(0);
});

it('is connected again by name', async () => {
  const { cluster, connect, find, disconnect } = clusterOf();
  await disconnect();
  await connect();
  await find();
  expect(cluster.opened).toBe(2);
});
