// `bench/experiments.ts`: how often an experiment that is looked at after every slate is wrong where
// there is nothing to find, and how soon it finds what there is.
import { Command } from 'commander';
import { z } from 'zod';
import { alphaOf, promotionRules } from '../models/experiment/promotion.ts';
import { runTrial, type Trial, type Verdicts } from './experiments/simulate.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const given = readOptions(
  new Command('bench:experiments')
    .description('False alarms and power of experiments looked at after every slate.')
    .option('--runs <n>', 'seeded runs of each kind', '2000')
    .option('--slates <n>', 'of each run', '4000')
    .option('--people <n>', 'who are served', '1500')
    .option('--seed <n>', 'of the first run', '1')
    .option('--only <text>', 'rows whose users and effect have it, as in "usual, 0.02"', '')
    .option('--json', 'rows as JSON'),
  z.object({
    runs: wholeNumber,
    slates: wholeNumber,
    people: wholeNumber,
    seed: wholeNumber,
    only: z.string(),
    json: z.boolean().default(false),
  }),
);

const { runs } = given;

/** What is run: who comes how often, to which arms, judged how. */
type Kind = Omit<Trial, 'seed'> & { readonly name: string };

const usual = { slates: given.slates, people: given.people };
/** A few people bring most of the slates: of 2,000, the first brings 38 %. */
const heavy = { slates: given.slates, people: 2_000, zipf: 1.5 };
const kinds: readonly Kind[] = [
  ...[0, 0.02, 0.04, 0.06].map((effect) => ({ name: 'usual', ...usual, effect })),
  ...[0, 0.1, 0.15].map((effect) => ({ name: 'Zipf 1.5', ...heavy, effect })),
  // As many slates as bring the canary the users that it is looked at from.
  {
    name: 'Zipf 1.5, canary',
    ...{ ...heavy, slates: 5 * given.slates, people: 10_000, effect: 0 },
    ...{ share: promotionRules.share.canary, alpha: alphaOf('canary') },
  },
  // The demo's canary, at its α and without spending α.
  ...[alphaOf('canary'), promotionRules.alpha].map((alpha) => ({
    name: `Zipf 1.5, rules of the demo, α ${Number(alpha.toFixed(4))}`,
    ...{ ...heavy, effect: 0, share: 0.4, least: 20, alpha },
  })),
].filter(({ name, effect }) => `${name}, ${effect}`.includes(given.only));

const rows = kinds.map(({ name, ...kind }) => {
  const all = Array.from({ length: runs }, (_, i) => runTrial({ seed: given.seed + i, ...kind }));
  const share = (of: (one: Verdicts) => boolean) => all.filter(of).length / runs;
  const stops = all.map(({ sequence }) => sequence ?? kind.slates).sort((a, b) => a - b);
  return {
    users: name,
    effect: kind.effect,
    sequence: share(({ sequence }) => sequence !== null),
    plain: share(({ plain }) => plain !== null),
    unbounded: share(({ unbounded }) => unbounded !== null),
    fixed: share(({ fixed }) => fixed),
    fixedAdjusted: share(({ fixedAdjusted }) => fixedAdjusted),
    peeked: share(({ peeked }) => peeked !== null),
    ratio: share(({ ratio }) => ratio),
    medianStop: stops[Math.floor(runs / 2)]!,
    explained: all.reduce((sum, one) => sum + one.explained, 0) / runs,
  };
});

process.stdout.write(given.json ? `${JSON.stringify(rows)}\n` : table());

function table(): string {
  const names = Object.keys(rows[0]!);
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
  const cells = (row: (typeof rows)[number]) =>
    Object.entries(row).map(([name, value]) =>
      ['users', 'effect', 'medianStop'].includes(name) ? `${value}` : percent(Number(value)),
    );
  return [names, names.map(() => '---'), ...rows.map(cells)]
    .map((line) => `| ${line.join(' | ')} |\n`)
    .join('');
}
