// A process of its own with the embedded ClickHouse, as the environment configures it: it reads the topics
// until there are as many rewards as are wanted, or some record could not be read, and says what it has.
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../app/config/read.ts';
import { openLogs } from '../../app/log.ts';
import { connectStreams, findStreams } from '../../app/streams.ts';
import { openWarehouse, readTopics } from '../../app/warehouse.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';

const longestMs = 150_000;

const wanted = Number(process.argv[2]);
const config = readConfig();
const logs = openLogs(config.dataDir);
await using stack = new AsyncDisposableStack();
const addresses = await findStreams(config, logs, stack);
const streams = await connectStreams(config, addresses, logs, { existing: true });
const warehouse = stack.use(await openWarehouse(config));
stack.use(await readTopics(warehouse, streams, logs));
const until = performance.now() + longestMs;
for (;;) {
  const [found] = await rowsOf<{ rewards: number; errors: string[] }>(
    warehouse,
    `select toFloat64((select count() from rewards)) as rewards,
            (select groupArray(error) from ingest_errors) as errors`,
  );
  if (found!.rewards >= wanted || found!.errors.length > 0 || performance.now() > until) {
    process.stdout.write(JSON.stringify(found));
    break;
  }
  await sleep(100);
}
