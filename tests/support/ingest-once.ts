// A process of its own with the embedded ClickHouse, as the environment configures it: it reads the topics
// until there are as many rewards as are wanted, or some record could not be read, and says what it has.
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../app/config/read.ts';
import { openLogs } from '../../app/log.ts';
import { findStreams } from '../../app/streams.ts';
import { openWarehouse, readTopics } from '../../app/warehouse.ts';
import { rowsOf } from '../../infra/clickhouse/warehouse.ts';

const wanted = Number(process.argv[2]);
const config = readConfig();
await using stack = new AsyncDisposableStack();
const addresses = await findStreams(config, openLogs(config.dataDir), stack);
const warehouse = stack.use(await openWarehouse(config));
stack.use(await readTopics(warehouse, config, addresses));
const until = performance.now() + 90_000;
for (;;) {
  const [found] = await rowsOf<{ rewards: number; errors: string[] }>(
    warehouse,
    `select toFloat64((select count() from rewards)) as rewards,
            (select groupArray(error) from ingest_errors) as errors`,
  );
  if (found!.rewards >= wanted || found!.errors.length > 0 || performance.now() > until) {
    const [tables] = await rowsOf<{ made: string[]; troubles: string[] }>(
      warehouse,
      `select (select groupArray(create_table_query) from system.tables where engine = 'Kafka') as made,
              (select groupArray(splitByString(', Stack trace', arrayElement(exceptions.text, -1))[1]) from system.kafka_consumers
               where notEmpty(exceptions.text)) as troubles`,
    );
    process.stdout.write(JSON.stringify({ ...found, ...tables }));
    break;
  }
  await sleep(100);
}
