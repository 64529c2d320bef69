#!/usr/bin/env bash
# Node's readline ends lines where its documentation names no end: at U+2028 and U+2029, so valid JSON lines break.
#
# Version: node 24.21.0 (npm).
# Behaviour: `readline` splits at /\r\n|\n|\r|\u2028|\u2029/. JSON allows U+2028 and U+2029 within strings as they
# are (RFC 8259, section 7), and JSON lines end at \n alone: a record with one of them becomes two lines, neither of
# which is JSON. The documentation of the event `line` names \n, \r and \r\n.
# Expected, for two records {"text":"a<U+2028>b"} and {"text":"c"}: two lines.
# Seen: three lines, {"text":"a and b"} and {"text":"c"}; the same with crlfDelay Infinity and with `for await`.
#   split at the byte 0x0a: two lines, both JSON.
# So a reader of JSON lines (logs of reviews have such texts, pasted from web pages) splits bytes at \n by itself.
#
# Ends with 0 while the behaviour is as written above, else with 1. Takes a minute, most of it for the download;
# leaves nothing behind.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
timeout 300 npm install --no-audit --no-fund --save-exact node@24.21.0 >/dev/null
cat >probe.mjs <<'JS'
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

const isJson = (line) => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};
let same = process.version === 'v24.21.0';
for (const separator of ['\u2028', '\u2029']) {
  const records = [{ text: `a${separator}b` }, { text: 'c' }].map((record) => JSON.stringify(record));
  const bytes = Buffer.from(records.map((record) => `${record}\n`).join(''));
  const lines = [];
  for await (const line of createInterface({ input: Readable.from([bytes]), crlfDelay: Infinity })) {
    lines.push(line);
  }
  const byHand = bytes.toString('utf8').split('\n').slice(0, -1);
  const told = (list) => `${list.length} lines, ${list.filter(isJson).length} of them JSON`;
  const name = `U+${separator.codePointAt(0).toString(16)}`;
  console.log(`${name}: readline: ${told(lines)}; split at \\n: ${told(byHand)}`);
  if (told(lines) !== '3 lines, 1 of them JSON') same = false;
  if (told(byHand) !== '2 lines, 2 of them JSON') same = false;
}
process.exitCode = same ? 0 : 1;
JS
timeout 60 node_modules/node/bin/node probe.mjs
