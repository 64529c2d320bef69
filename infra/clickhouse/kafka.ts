// What connects a topic on a broker to its data table: the statements, in the order they must run.
//
//   Kafka table ──flow──► landing (Null) ──rows──► <table>
//                                        └─errors─► ingest_errors
//
// A Kafka table starts to read as soon as one view hangs on it, and what it reads goes only to the
// views that hang on it then. Two views straight on it would lose what arrives between the making
// of the first and of the second; the landing has both before the first record.
//
// All of it lives in a database of the Memory engine, so a restart of ClickHouse finds none of it:
// no reading from a broker that has moved, none before all views are up again.
import { columnsOf, sourceColumnsOf } from './columns.ts';
import { quoted, type TopicTable } from './tables.ts';

export interface KafkaSource {
  /** Addresses of the brokers, `host:port,host:port`. */
  brokers: string;
  /** URL of the schema registry's Confluent-compatible API. */
  registryUrl: string;
  /** Consumer group. Each topic has its own, `<group>.<topic>`: one rebalance must not stop all.
   * Two warehouses need two groups, or each gets a part. A group that is new reads every topic from
   * its start, which is harmless: rows land on themselves. That is also the way to take in records
   * that went to ingest_errors because the schema registry was away. */
  group: string;
  /** Gives the topic's name on the broker. */
  topicName: (name: string) => string;
}

/**
 * Name of the database of Kafka tables, landings and views; it is in memory, so gone after a
 * restart.
 */
export const ingestDatabase = (database: string) => `${database}_ingest`;

const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The Kafka table of a topic; drop it first, while its views can still take what it holds. */
export const sourceName = (database: string, { table }: TopicTable) =>
  `${ingestDatabase(database)}.${table}_source`;

export function connectionOf(database: string, topic: TopicTable, source: KafkaSource): string[] {
  const columns = sourceColumnsOf(topic.schema, topic.omit)
    .map((column) => `  ${quoted(column.name)} ${column.type}`)
    .join(',\n');
  const place = `${ingestDatabase(database)}.${topic.table}`;
  const name = source.topicName(topic.topic);
  return [
    `create table ${place}_landing (
${columns},
  _partition UInt64,
  _offset UInt64,
  _error String,
  _raw_message String
) engine = Null`,
    `create materialized view ${place}_rows to ${database}.${topic.table} as select
${flattened(topic)},
  _partition,
  _offset
from ${place}_landing where empty(_error)`,
    `create materialized view ${place}_errors to ${database}.ingest_errors as select
  ${text(topic.topic)} as topic,
  _partition,
  _offset,
  _error as error,
  _raw_message as raw
from ${place}_landing where notEmpty(_error)`,
    // In mode 'stream' a record that cannot be read is a row with its bytes and the error; in the
    // default mode it would be read again and again, and nothing behind it would ever arrive.
    // Skipping (kafka_skip_broken_messages) would lose it without a trace.
    `create table ${place}_source (
${columns}
) engine = Kafka settings
  kafka_broker_list = ${text(source.brokers)},
  kafka_topic_list = ${text(name)},
  kafka_group_name = ${text(`${source.group}.${name}`)},
  kafka_format = 'AvroConfluent',
  format_avro_schema_registry_url = ${text(source.registryUrl)},
  kafka_handle_error_mode = 'stream',
  kafka_poll_timeout_ms = 500,
  kafka_flush_interval_ms = 500`,
    `create materialized view ${place}_flow to ${place}_landing as
select *, _partition, _offset, _error, _raw_message from ${place}_source`,
  ];
}

// One array of tuples becomes one array a column, the way Nested is stored.
function flattened(topic: TopicTable): string {
  return columnsOf(topic.schema, topic.omit)
    .map(({ name }) => {
      const [outer = '', inner] = name.split('.');
      return inner
        ? `  arrayMap(part -> tupleElement(part, ${text(inner)}), ${quoted(outer)}) as ${quoted(name)}`
        : `  ${quoted(name)}`;
    })
    .join(',\n');
}
