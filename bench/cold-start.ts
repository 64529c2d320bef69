// `npm run bench:cold-start`: every policy among people and items it has never met: the reward of a user's
// first requests, and how items do in their first hour. Means over seeded worlds.
import { Command } from 'commander';
import { z } from 'zod';
import { contenders } from '../evaluate/interactive.ts';
import { ColdStart, FIRST_REQUESTS } from '../models/evaluation/cold-start.ts';
import type { Contender } from '../models/evaluation/interactive.ts';
import { live } from '../models/world/live.ts';
import { World } from '../models/world/world.ts';
import { say } from './support/broker.ts';
import { readOptions, wholeNumber } from './support/options.ts';
import { mean } from './support/statistics.ts';

const given = readOptions(
  new Command('bench:cold-start')
    .description('Reward of the first requests of a user and of the first hour of an item.')
    .option('--requests <n>', 'of a life', '3000')
    .option('--users <n>', 'of a world', '400')
    .option('--items <n>', 'of a world', '1000')
    .option('--seeds <n>', 'worlds', '3')
    .option('--json', 'rows as JSON'),
  z.object({
    requests: wholeNumber,
    users: wholeNumber,
    items: wholeNumber,
    seeds: wholeNumber,
    json: z.boolean().default(false),
  }),
);

function lifeOf({ exploration, slates = 1, create }: Contender, seed: number) {
  const { requests, users, items } = given;
  const world = new World({ users, items, seed });
  const { policy, learn } = create();
  const options = { requests, seed, slates, exploration, candidates: 20, k: 3 };
  const cold = new ColdStart();
  for (const served of live(world, policy, { ...options, ...(learn && { learn }) })) {
    cold.add(served);
  }
  return cold.figures();
}

const rows = contenders().map((contender) => {
  const lives = Array.from({ length: given.seeds }, (_, i) => lifeOf(contender, i + 1));
  say(contender.name);
  const of = (take: (life: (typeof lives)[number]) => number | null) =>
    mean(lives.map((life) => take(life) ?? Number.NaN));
  return {
    policy: contender.name,
    users: Array.from({ length: FIRST_REQUESTS + 1 }, (_, i) => of((one) => one.users[i]!.reward)),
    laterOfBest: of((one) => one.users[FIRST_REQUESTS]!.ofBest),
    young: of((one) => one.items.young.reward),
    youngShown: of((one) => one.items.young.shownShare),
    others: of((one) => one.items.others.reward),
    othersShown: of((one) => one.items.others.shownShare),
  };
});

const head = ['policy', '1st', '2nd', '3rd', '4th', '5th', 'later', 'of the best', 'young', 'old'];
const lines = rows.map((row) => [
  row.policy,
  ...row.users.map((reward) => reward.toFixed(3)),
  row.laterOfBest.toFixed(3),
  `${row.young.toFixed(3)} (${row.youngShown.toFixed(2)})`,
  `${row.others.toFixed(3)} (${row.othersShown.toFixed(2)})`,
]);
const text = [head, head.map(() => '---'), ...lines]
  .map((cells) => `| ${cells.join(' | ')} |\n`)
  .join('');
process.stdout.write(given.json ? `${JSON.stringify(rows)}\n` : text);
