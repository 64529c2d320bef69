// The job `attribute` as a process of its own that runs until it is told to stop, and says each second
// how it is.
import { connectKafka } from '../../infra/kafka/connect.ts';
import { Pipeline } from '../../infra/kafka/pipeline.ts';
import { benchLog } from '../support/broker.ts';
import { followParent, told } from '../support/child.ts';
import { type LiveReport, liveShape } from '../support/live.ts';
import { type Meter, metered } from './meter.ts';
import { attributeStage } from './stage.ts';
import { benchCodecs, namesUnder } from './topics.ts';

const options = liveShape.parse(told());
followParent();

const meter: Meter = { processed: 0, onFirst() {} };
const stage = metered(attributeStage(options), meter, options.slowMs);
const pipeline = new Pipeline({
  kafka: connectKafka({ brokers: [options.address] }, benchLog()),
  application: `${options.prefix}app`,
  topology: { stages: [stage], enrichers: [] },
  codecs: benchCodecs,
  nameOf: namesUnder(options.prefix, options.prefix),
  log: benchLog(),
});
pipeline.failed.catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
});
await pipeline.start();

const report = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const said: LiveReport = {
    processed: meter.processed,
    heapMiB: heapUsed / 2 ** 20,
    buffersMiB: arrayBuffers / 2 ** 20,
  };
  process.send?.(said);
};
report();
const reporting = setInterval(report, 1000);

process.on('message', async (message) => {
  if (message !== 'stop') return;
  clearInterval(reporting);
  await pipeline[Symbol.asyncDispose]();
  report();
  process.disconnect?.();
});
