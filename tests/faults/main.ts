// `npm run test:faults`: faults drawn from a seed, on a broker and a registry of its own.
import { Command, InvalidArgumentError, Option } from 'commander';
import { runSuite } from './harness.ts';
import { drawFaults, type Kind, kindsWith, makeZombies, roundsOf } from './plan.ts';
import { keptRounds } from './seeds.ts';

const whole = (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number');
  return value;
};

const every = kindsWith(3);

const kindsOf = (text: string) => {
  const wanted = text.split(',');
  const unknown = wanted.filter((kind) => !(every as readonly string[]).includes(kind));
  if (unknown.length > 0) throw new InvalidArgumentError(`there is no ${unknown}`);
  return wanted as Kind[];
};

const program = new Command('test:faults')
  .description('Real faults on a real broker; the committed result must be the undisturbed one.')
  .option('--seed <number>', 'draws the faults', whole, 1)
  .option('--faults <number>', 'how many', whole, 50)
  .option('--kinds <list>', `only these: ${every.join(', ')}`, kindsOf)
  .addOption(
    new Option('--brokers <number>', 'three: each record on two of them at least')
      .choices(['1', '3'])
      .default('1'),
  )
  .option('--minutes <number>', 'begin no other round after so many', Number)
  .option('--kept', 'the rounds that once failed (seeds.json), instead of drawn ones', false)
  .option('--keep', 'keep logs and data of a run that went well, too', false)
  .option('--json', 'one line of JSON on stdout', false)
  .parse();

const options = program.opts<{
  seed: number;
  faults: number;
  kinds?: Kind[];
  brokers: '1' | '3';
  minutes?: number;
  kept: boolean;
  keep: boolean;
  json: boolean;
}>();
const { seed, keep, json } = options;
const brokers = Number(options.brokers);
const of = options.kinds ?? kindsWith(brokers);
const alone = of.filter((kind) => !kindsWith(brokers).includes(kind));
if (alone.length > 0) program.error(`${alone}: with --brokers 3 only`);
/** Of several brokers each takes its time to come back, so more faults share a round. */
const perRound = brokers === 1 ? 5 : 8;
const drawn = roundsOf(drawFaults(seed, options.faults, of), perRound);
const rounds = options.kept ? keptRounds(brokers) : drawn;
const result = await runSuite({
  rounds,
  brokers,
  ...(options.minutes === undefined ? {} : { withinMs: options.minutes * 60_000 }),
  keep,
  say: (line) => void process.stderr.write(`${line}\n`),
});
const { faults, lost, duplicated, missed, hashesEqual, fenced, gaveUp, dir } = result;
const verdict = { seed, faults, brokers, lost, duplicated, missed, hashesEqual };
const people = `seed ${seed}: ${faults} faults, ${lost} lost, ${duplicated} doubled, hashes ${hashesEqual ? 'equal' : 'DIFFER'}`;
const more = `${missed} records were deleted unread and are accounted for, zombies were refused ${fenced} times, workers gave up and were begun again ${gaveUp} times`;
process.stderr.write(`${more}\n`);
if (dir) process.stderr.write(`Logs of the workers, the broker and its data: ${dir}\n`);
process.stdout.write(`${json ? JSON.stringify(verdict) : people}\n`);
// A zombie that nobody refused proves nothing, whatever came out.
const plan = rounds.flatMap((round) => round.faults).slice(0, faults);
const proved = fenced > 0 || !plan.some(({ kind }) => makeZombies.has(kind));
if (!proved)
  process.stderr.write('No zombie tried to commit: that it would be refused is not shown.\n');
process.exitCode = lost + duplicated === 0 && hashesEqual && proved ? 0 : 1;
