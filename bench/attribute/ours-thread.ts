// One member of Millrace's side of the comparison, in a thread of its own: the runtime as it is, a pass
// at a time.
import { connectKafka } from '../../infra/kafka/connect.ts';
import { Pipeline } from '../../infra/kafka/pipeline.ts';
import { answerQuestions, failThread, toldToThread } from '../../infra/threads.ts';
import { type OursThread, oursPrefix } from '../comparison/ours.ts';
import { benchLog } from '../support/broker.ts';
import { type Counters, readCounters } from '../support/proc.ts';
import { type Meter, metered } from './meter.ts';
import { attributeStage } from './stage.ts';
import { benchCodecs, namesUnder } from './topics.ts';

const { id, address, brokerPid, commitMs, counts, thread } = toldToThread() as OursThread;
/** Number of records so far, by thread; all threads see it. */
const processed = new Int32Array(counts);
let pipeline: Pipeline | undefined;
let first: Counters | undefined;

answerQuestions({
  async start(pass: number) {
    const prefix = oursPrefix(id, pass);
    const stage = attributeStage({ commitEveryMs: commitMs });
    first = undefined;
    const meter: Meter = {
      get processed() {
        return processed[thread]!;
      },
      set processed(count: number) {
        processed[thread] = count;
      },
      onFirst: () => {
        first = readCounters(brokerPid);
      },
    };
    pipeline = new Pipeline({
      kafka: connectKafka({ brokers: [address] }, benchLog()),
      application: `${prefix}app`,
      topology: { stages: [metered(stage, meter)], enrichers: [] },
      codecs: benchCodecs,
      nameOf: namesUnder(prefix),
      log: benchLog(),
    });
    pipeline.failed.catch(failThread);
    await pipeline.start();
  },
  /** @returns the counters at the thread's first record; undefined if it had none */
  async stop() {
    await pipeline?.[Symbol.asyncDispose]();
    processed[thread] = 0;
    return first;
  },
});
