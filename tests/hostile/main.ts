// `npm run test:hostile`: absurd records drawn from a seed between good ones, on a broker and a registry of its
// own. The outputs of the good ones must be those of a run without the others, to the byte.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { startCluster } from '../faults/cluster.ts';
import { AbsurdRecords } from './absurd.ts';
import { between, goodLog, usersOf, victimsOf } from './good.ts';
import { runOnBroker } from './on-broker.ts';
import { digestsOf, refusedOf } from './outputs.ts';

/** Slates of the good log. */
const slates = 1_000;
/** Time ahead of the clock that is let in, ms, where the good log is not ahead itself. */
const aheadMs = 600_000;

const whole = (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number');
  return value;
};

const { seed, records, keep, json } = new Command('test:hostile')
  .description('Absurd records on a real broker; what good ones become must not change.')
  .option('--seed <number>', 'draws the good log and the absurd records', whole, 1)
  .option('--records <number>', 'how many absurd ones', whole, 100_000)
  .option('--keep', 'keep the data of a run that went well, too', false)
  .option('--json', 'one line of JSON on stdout', false)
  .parse()
  .opts<{ seed: number; records: number; keep: boolean; json: boolean }>();

const say = (line: string) => void process.stderr.write(`${line}\n`);
const dir = mkdtempSync(join(tmpdir(), 'millrace-hostile-'));
say(`data: ${dir}`);
let kept = true;
await using stack = new AsyncDisposableStack();
stack.defer(() => {
  if (!kept) rmSync(dir, { recursive: true, force: true });
});
const cluster = stack.use(await startCluster(dir, { workers: 0, brokers: 1 }));
const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
const kafka = connectKafka({ brokers: [...cluster.addresses] }, log);
const good = goodLog(seed, slates);
const users = usersOf(good);
const last = victimsOf(good).latest;
const maxAheadMs = Math.max(aheadMs, last - Date.now() + aheadMs);
const latest = Date.now() + maxAheadMs;
const absurd = new AbsurdRecords(seed, { ...victimsOf(good), latest });
const shared = { kafka, registryUrl: cluster.registry.part.url, log, users, maxAheadMs, say };

const plain = await runOnBroker({ ...shared, prefix: 'plain-', sent: good });
const among = between(good, records, () => absurd.next());
const disturbed = await runOnBroker({ ...shared, prefix: 'hostile-', sent: among });

const [wanted, got] = [plain, disturbed].map(({ inputs, found }) => digestsOf(inputs, found));
const differing = Object.keys(wanted!).filter((topic) => wanted![topic] !== got![topic]);
if (plain.vectors.join() !== disturbed.vectors.join()) differing.push('item-vectors');
if (plain.vectors.length === 0) differing.push('item-vectors: none was made');
const refused = refusedOf(disturbed.inputs, disturbed.found(deadLetters));
const restarts = plain.restarts + disturbed.restarts;
const outputsEqual = differing.length === 0;
for (const topic of differing) say(`not equal: ${topic}`);
const verdict = { records, refused, outputsEqual, restarts };
const people = `seed ${seed}: ${records} absurd records, ${refused} in dead letters, outputs ${outputsEqual ? 'equal' : 'DIFFER'}, ${restarts} restarts`;
process.stdout.write(`${json ? JSON.stringify(verdict) : people}\n`);
const well = outputsEqual && restarts === 0;
kept = keep || !well;
if (kept) say(`kept: ${dir}`);
process.exitCode = well ? 0 : 1;
