#!/usr/bin/env bash
# ClickHouse's AvroConfluent cuts numbers to the width of the column and takes a time in any unit, without a word.
#
# Version: chdb 3.4.0 (npm; the engine is ClickHouse 26.7), records written by avsc 5.7.9.
# Behaviour: a valid record of the Confluent wire format is read into a declared column. The writer's schema says
# what the value is; where the column is of another width or unit, the value is neither converted nor refused.
# Expected: an error (`input_format_avro_*` has none to ask for one), or the value.
# Seen:
#   long 1099511627783 into Int32          -> 7
#   long -1 into UInt32                    -> 4294967295
#   timestamp-micros 2020-09-13 12:26:40.123456 into DateTime64(3) -> 9999-12-31 23:59:59.456
#   timestamp-millis 2020-09-13 12:26:40.123 into DateTime64(6)    -> 1970-01-19 12:26:40.000123
# So a producer that widens an `int` field to `long`, or that writes microseconds, fills a table of the Kafka engine
# with wrong rows, and `kafka_handle_error_mode = 'stream'` has nothing to show.
#
# Ends with 0 while the behaviour is as written above, else with 1. Takes a minute, most of it for the download;
# listens on 127.0.0.1 alone; leaves nothing behind.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
timeout 300 npm install --no-audit --no-fund --save-exact chdb@3.4.0 avsc@5.7.9 >/dev/null
cat >probe.cjs <<'JS'
const { writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const avro = require('avsc');
const { Session } = require('chdb');

const micros = { type: 'long', logicalType: 'timestamp-micros' };
const millis = { type: 'long', logicalType: 'timestamp-millis' };
const cases = [
  ['long', 1099511627783, 'Int32', '7'],
  ['long', -1, 'UInt32', '4294967295'],
  [micros, 1600000000123456, "DateTime64(3, 'UTC')", '9999-12-31 23:59:59.456'],
  [millis, 1600000000123, "DateTime64(6, 'UTC')", '1970-01-19 12:26:40.000123'],
];
const schemas = cases.map(([type]) => ({ type: 'record', name: 'R', fields: [{ name: 'v', type }] }));
const registry = createServer(({ url }, response) => {
  const schema = JSON.stringify(schemas[Number(url.split('/').at(-1))]);
  response.setHeader('content-type', 'application/vnd.schemaregistry.v1+json');
  response.end(JSON.stringify({ schema }));
});
registry.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${registry.address().port}`;
  const session = new Session(join(process.cwd(), 'data'));
  let same = true;
  for (const [id, [type, value, column, expected]] of cases.entries()) {
    const header = Buffer.alloc(5);
    header.writeUInt32BE(id, 1);
    const datum = avro.Type.forSchema(structuredClone(schemas[id])).toBuffer({ v: value });
    const file = join(process.cwd(), `${id}.bin`);
    writeFileSync(file, Buffer.concat([header, datum]));
    const structure = `v ${column}`.replaceAll("'", "\\'");
    const query = `select v from file('${file}', AvroConfluent, '${structure}')
      settings format_avro_schema_registry_url = '${url}'`;
    const found = await session.queryAsync(query, { format: 'TabSeparated' }).then(
      (result) => Buffer.from(result.bytes()).toString().trim(),
      (error) => `error: ${error.message.slice(0, 120)}`,
    );
    console.log(`${JSON.stringify(type)} ${value} into ${column}: ${found}`);
    if (found !== expected) same = false;
  }
  session.close();
  registry.close();
  process.exitCode = same ? 0 : 1;
});
JS
timeout 60 node probe.cjs
