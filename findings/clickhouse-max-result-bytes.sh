#!/usr/bin/env bash
# ClickHouse's max_result_bytes does not hold for constants and dictionaries: 20 MB leave under a limit of 1 MB.
#
# Version: chdb 3.4.0 (npm; the engine is ClickHouse 26.7).
# Behaviour: the setting counts bytes of columns as they lie in memory. A constant lies there once, and a value of
# LowCardinality once for the whole column, however many rows show it; the answer has it in each row.
# Expected: code 396 (TOO_MANY_ROWS_OR_BYTES), as for the same rows in an ordinary column.
# Seen, with max_result_bytes = 1000000 and 20,000 rows of 1,000 letters:
#   select materialize(repeat('x', 1000)) …             -> 396
#   select repeat('x', 1000) …                           -> 20,020,000 bytes
#   select toLowCardinality(materialize(repeat(…))) …   -> 20,020,000 bytes
# So the setting is no guard of a network or a reader: max_result_rows and the length of a value bound the answer, at
# 900 MB where max_memory_usage is 1 GB. A server that must bound its answers counts the bytes it sends.
#
# Ends with 0 while the behaviour is as written above, else with 1. Takes a minute, most of it for the download;
# leaves nothing behind.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
timeout 300 npm install --no-audit --no-fund --save-exact chdb@3.4.0 >/dev/null
cat >probe.cjs <<'JS'
const { join } = require('node:path');
const { Session } = require('chdb');

const cases = [
  ["materialize(repeat('x', 1000))", 'code 396'],
  ["repeat('x', 1000)", '20020000 bytes'],
  ["toLowCardinality(materialize(repeat('x', 1000)))", '20020000 bytes'],
];
const connectionArgs = ['--max_result_bytes=1000000'];
const session = new Session(join(process.cwd(), 'data'), { connectionArgs });
let same = true;
for (const [expression, expected] of cases) {
  let found;
  try {
    found = `${session.query(`select ${expression} from numbers(20000)`, 'TabSeparated').length} bytes`;
  } catch (error) {
    found = `code ${/Code: (\d+)/.exec(error.message)?.[1]}`;
  }
  console.log(`${expression}: ${found}`);
  if (found !== expected) same = false;
}
session.close();
process.exitCode = same ? 0 : 1;
JS
timeout 60 node probe.cjs
