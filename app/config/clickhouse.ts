// Settings of ClickHouse.
import { z } from 'zod';
import { address, clusterName, databaseName, setting } from './fields.ts';
import { login } from './platform.ts';

export const clickhouse = z.strictObject({
  url: setting(address, {
    description: 'HTTP interface of the server.',
    env: 'CLICKHOUSE_URL',
    unit: 'http(s) address',
    unset: 'chDB in this process',
  }),
  database: setting(databaseName.optional(), {
    description: 'Database of the tables and views; it is made where it is missing.',
    env: 'CLICKHOUSE_DATABASE',
    unit: 'name',
    unset: 'the one that the address names (`http://host:8123/name`), else `millrace`',
  }),
  cluster: setting(clusterName.optional(), {
    description:
      'Spread the tables over this cluster of the server. Its servers have the macros `shard` and `replica`.',
    env: 'CLICKHOUSE_CLUSTER',
    unit: 'name in `system.clusters`',
    unset: 'none: one server',
  }),
  login: login('the server', 'CLICKHOUSE'),
});
