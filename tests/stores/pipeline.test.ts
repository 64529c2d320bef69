// State in LMDB under the real runtime: a restart restores only what the files lack.
import { expect, it } from '@jest/globals';
import { noInstruments } from '../../infra/kafka/instruments.ts';
import { Pipeline } from '../../infra/kafka/pipeline.ts';
import { openLmdbStores } from '../../infra/stores/lmdb.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { mainTopology } from '../../streams/topology.ts';
import { byId, history } from '../support/history.ts';
import { describeOnInfra } from '../support/infra.ts';
import { type Event, testStreams } from '../support/streams.ts';
import { temporaryDir, watchedLog } from './support.ts';

const partitions = 2;

describeOnInfra('the Kafka runtime with state in LMDB', () => {
  it('gives what the memory runtime gives, and restores only the tail', async () => {
    using dir = temporaryDir();
    const streams = await testStreams(partitions);
    const { log, lines } = watchedLog();
    const { kafka, codecs, nameOf, application } = streams;
    const admin = kafka.admin();
    await admin.connect();
    const { clusterId } = await admin.describeCluster();
    await admin.disconnect();

    /** One life of a process: handles the events, then ends. @returns records it restored */
    const life = async (path: string, events: readonly Event[]): Promise<number> => {
      const restored = new Map<string, number>();
      using stores = openLmdbStores({
        dir: path,
        application,
        clusterId,
        codecOf: codecs.of,
        nameOf,
        log,
      });
      await using pipeline = new Pipeline({
        kafka,
        application,
        codecs,
        nameOf,
        log: streams.log,
        topology: mainTopology(),
        openBacking: stores.open,
        instruments: {
          ...noInstruments,
          restoring: (stage, partition, done) => restored.set(`${stage}-${partition}`, done),
        },
      });
      await pipeline.start();
      await streams.send(events);
      await pipeline.settled();
      return [...restored.values()].reduce((sum, done) => sum + done, 0);
    };

    const events = history(400, partitions);
    const [first, second] = [events.slice(0, events.length / 2), events.slice(events.length / 2)];
    expect(await life(dir.path, first)).toBe(0);
    expect(await life(dir.path, second)).toBe(0);
    using elsewhere = temporaryDir();
    expect(await life(elsewhere.path, [])).toBeGreaterThan(100);

    const memory = new MemoryRuntime(mainTopology());
    for (const { topic, event } of events) memory.send(topic, event);
    memory.drain();
    expect(byId(await streams.committed(examples))).toEqual(byId(memory.events(examples)));
    expect(byId(await streams.committed(rewards))).toEqual(byId(memory.events(rewards)));
    expect(lines).toEqual([]);
  }, 120_000);
});
