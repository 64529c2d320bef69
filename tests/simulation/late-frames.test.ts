// A call of a transaction that was delayed on a lost connection, and comes to the broker at any later moment:
// the transaction itself has repeated it by then, and the next ones may be under way.
import { expect, it } from '@jest/globals';
import { Outbox } from '../../infra/kafka/outbox.ts';
import { TransactionalProducer } from '../../infra/kafka/transactional-producer.ts';
import { Random } from '../../models/random.ts';
import type { ApiName } from './broker/api.ts';
import { SimulatedCluster } from './broker/cluster.ts';
import { Chaos, type Fate } from './chaos.ts';
import { simulatedKafka } from './client/kafka.ts';
import { codecOf } from './job/codecs.ts';
import { folds } from './job/topics.ts';
import { Life } from './life.ts';
import { Trace } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';

const groupId = 'g';
const transactions = 6;

/** Frames take 1 ms each way; the first one of an API is late. */
class OneLate extends Chaos {
  private readonly late: ApiName;
  private readonly ms: number;
  private left = 1;

  constructor(late: ApiName, ms: number) {
    super(new Random(1));
    this.late = late;
    this.ms = ms;
  }

  override delay = () => 1;
  override notice = () => 1;
  override lateness = () => this.ms;
  override fateOf = (api: ApiName): Fate =>
    api === this.late && this.left-- > 0 ? 'late' : 'arrives';
}

/** Commits some transactions, each with one record and the next offset. @returns what is there then */
async function outcome(late: ApiName, ms: number) {
  const time = new VirtualTime();
  const cluster = new SimulatedCluster(time, new OneLate(late, ms), 1, 60_000);
  cluster.createTopic(folds.name, 1);
  const trace = new Trace(() => time.now);
  const life = new Life('p', time);
  const kafka = simulatedKafka({ cluster, trace, life, mutant: undefined });
  let committed = 0;
  const commitAll = async () => {
    const producer = await TransactionalProducer.takeOver(kafka, 't', 10_000, life.clock);
    for (let n = 1; n <= transactions; n++) {
      const outbox = new Outbox(1_000, 0);
      const event = { n, hash: 0, offset: n, at: 0 };
      outbox.add(folds.name, { partition: 0 }, `${n}`, codecOf(folds), event);
      const offsets = [{ topic: 'in', partition: 0, offset: n }];
      await producer.commit(outbox, { groupId, metadata: '', offsets });
      committed = n;
    }
  };
  const all = commitAll().catch(() => {});
  let over = false;
  void all.then(() => {
    // What is still under way arrives, and the markers are written.
    time.after(1_000, () => {
      over = true;
    });
  });
  await time.run(() => over);
  const { batches } = cluster.log({ topic: folds.name, partition: 0 })!;
  return {
    committed,
    visible: batches.filter((batch) => !batch.control && batch.outcome === 'committed').length,
    offset: cluster.group(groupId).offsets.get('in/0')?.offset ?? 0,
  };
}

it.each<ApiName>(['addPartitionsToTxn', 'addOffsetsToTxn', 'produce', 'txnOffsetCommit'])(
  'a late %s changes nothing, whenever it comes',
  async (late) => {
    for (let ms = 1; ms <= 120; ms++) {
      const right = { committed: transactions, visible: transactions, offset: transactions };
      expect({ ms, ...(await outcome(late, ms)) }).toEqual({ ms, ...right });
    }
  },
);

it('a late endTxn ends its own transaction or none, whenever it comes', async () => {
  const ends = new Set<number>();
  for (let ms = 1; ms <= 120; ms++) {
    const { committed, visible, offset } = await outcome('endTxn', ms);
    // The producer ends with the first transaction of which it was told that it was not committed.
    expect({ ms, visible, offset }).toEqual({ ms, visible: committed, offset: committed });
    ends.add(committed);
  }
  expect([...ends].sort()).toEqual([0, transactions]);
});
