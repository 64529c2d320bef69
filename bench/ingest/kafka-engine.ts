// The other way in: ClickHouse reads a topic by itself, by a table of its Kafka engine, as it did before.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { columnsOf, sourceColumnsOf } from '../../infra/clickhouse/columns.ts';
import type { TopicTable } from '../../infra/clickhouse/tables.ts';
import { execute, sqlText, type Warehouse } from '../../infra/clickhouse/warehouse.ts';
import { schemaText } from '../../schemas/codec.ts';

/** A schema registry that knows these schemas, by id; the engine asks nothing else of one. */
export async function serveSchemas(
  tables: ReadonlyMap<number, TopicTable>,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const table = tables.get(Number(request.url?.split('/').at(-1)));
    response.writeHead(table ? 200 : 404, {
      'content-type': 'application/vnd.schemaregistry.v1+json',
    });
    response.end(JSON.stringify(table ? { schema: schemaText(table.of) } : {}));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

/** Lets ClickHouse read a topic into its table. */
export async function readByEngine(
  warehouse: Warehouse,
  table: TopicTable,
  source: { brokers: string; topic: string; registryUrl: string },
): Promise<void> {
  const { schema, omit, latest } = table;
  const columns = sourceColumnsOf(schema, omit).map(({ name, type }) => `\`${name}\` ${type}`);
  const flat = columnsOf(schema, omit).map(({ name }) => {
    const [outer = '', inner] = name.split('.');
    const from = inner
      ? `arrayMap(part -> tupleElement(part, ${sqlText(inner)}), \`${outer}\`)`
      : `\`${outer}\``;
    return `${from} as \`${name}\``;
  });
  if (latest) flat.push('_key');
  const name = `${warehouse.database}.${table.table}`;
  await execute(
    warehouse,
    `create table ${name}_source (${columns.join(', ')}) engine = Kafka settings
      kafka_broker_list = ${sqlText(source.brokers)}, kafka_topic_list = ${sqlText(source.topic)},
      kafka_group_name = ${sqlText(`engine-${source.topic}`)}, kafka_format = 'AvroConfluent',
      format_avro_schema_registry_url = ${sqlText(source.registryUrl)},
      kafka_handle_error_mode = 'stream', kafka_poll_timeout_ms = 500, kafka_flush_interval_ms = 500`,
  );
  await execute(
    warehouse,
    `create materialized view ${name}_flow to ${name} as
      select ${flat.join(', ')}, _partition, _offset from ${name}_source where empty(_error)`,
  );
}

/** Stops it; the rows stay. */
export async function stopEngine(warehouse: Warehouse, { table }: TopicTable): Promise<void> {
  const name = `${warehouse.database}.${table}`;
  await execute(warehouse, `drop table ${name}_source sync`);
  await execute(warehouse, `drop table ${name}_flow sync`);
}
