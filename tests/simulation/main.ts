// `npm run test:simulation`: runs of the real runtime on simulated brokers, each drawn from a seed.
import { Command, InvalidArgumentError } from 'commander';
import { type MutantName, mutants } from './mutants.ts';
import { simulate } from './run.ts';

const whole = (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number');
  return value;
};

const mutantOf = (text: string) => {
  if (text in mutants) return text as MutantName;
  throw new InvalidArgumentError(`one of ${Object.keys(mutants).join(', ')}`);
};

const options = new Command('test:simulation')
  .description('The real runtime on simulated brokers, in virtual time; a seed is a run.')
  .option('--seeds <number>', 'how many', whole, 1_000)
  .option('--from <number>', 'the first seed', whole, 1)
  .option('--seed <number>', 'this one alone', whole)
  .option('--trace', 'everything that happens, with --seed', false)
  .option('--mutant <name>', `a fault put in: ${Object.keys(mutants).join(', ')}`, mutantOf)
  .option('--json', 'one line of JSON on stdout', false)
  .parse()
  .opts<{
    seeds: number;
    from: number;
    seed?: number;
    trace: boolean;
    mutant?: MutantName;
    json: boolean;
  }>();

const { mutant, json } = options;
const from = options.seed ?? options.from;
const seeds = options.seed === undefined ? options.seeds : 1;
const write = options.trace ? (line: string) => void process.stderr.write(`${line}\n`) : undefined;
const begun = process.cpuUsage();
const failedSeeds: number[] = [];
for (let seed = from; seed < from + seeds; seed++) {
  const { wrong } = await simulate({ seed, mutant, write });
  if (wrong.length === 0) continue;
  failedSeeds.push(seed);
  process.stderr.write(`seed ${seed}:\n${wrong.map((line) => `  ${line}\n`).join('')}`);
}
// Of processor time: a run waits for nothing, and other work of the machine is not its own.
const { user, system } = process.cpuUsage(begun);
const minutes = (user + system) / 60_000_000;
const failed = failedSeeds.length;
const perMinute = Math.round(seeds / minutes);
const people = `${seeds} seeds, ${failed} failed, ${perMinute} a minute`;
const verdict = { seeds, failed, perMinute, failedSeeds };
process.stdout.write(`${json ? JSON.stringify(verdict) : people}\n`);
process.exitCode = failed > 0 ? 1 : 0;
