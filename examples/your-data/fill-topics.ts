// Sends the shop's files of make-shop.ts to topics of its own, as JSON with names of their own and without keys:
// products, views and purchases, each with three partitions. KAFKA_BROKERS names the broker.
//
//   node_modules/.bin/node examples/your-data/fill-topics.ts shop shop.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';

const [folder = 'shop', prefix = 'shop.'] = process.argv.slice(2);
const rowsOf = <T>(name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

interface Event {
  readonly what: 'seen' | 'bought';
  readonly who: string;
  readonly sku: string;
  readonly when: number;
  readonly paid?: number;
}

const products = rowsOf<object>('products.jsonl');
const events = rowsOf<Event>('events.jsonl').sort((a, b) => a.when - b.when);
const seen = events.filter(({ what }) => what === 'seen');
const bought = events.filter(({ what }) => what === 'bought');
const views = seen.map(({ who, sku, when }) => ({
  ...{ visitor: who, sku, viewed_at: new Date(when).toISOString() },
}));
const purchases = bought.map(({ who, sku, when, paid }, i) => ({
  ...{ order_id: `order-${i}`, buyer: who, sku, paid, ordered_at: new Date(when).toISOString() },
}));

const { KAFKA_BROKERS: brokers = '127.0.0.1:9092' } = process.env;
const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR });
const admin = kafka.admin();
const producer = kafka.producer();
await Promise.all([admin.connect(), producer.connect()]);
// Purchases go first: topics have no order between them, and nothing here depends on one.
for (const [name, rows] of Object.entries({ products, purchases, views })) {
  const topic = `${prefix}${name}`;
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });
  for (let from = 0; from < rows.length; from += 500) {
    const messages = rows.slice(from, from + 500).map((row) => ({ value: JSON.stringify(row) }));
    await producer.send({ topic, messages });
  }
  process.stdout.write(`${rows.length} records in ${topic}\n`);
}
await Promise.all([admin.disconnect(), producer.disconnect()]);
