// `npm run bench:capacity`: users, items and events a second by members, and what is full first. What one core does
// is measured at each size; what several do follows from it, for they share nothing but the learner.
import { Command } from 'commander';
import { z } from 'zod';
import { grid } from '../app/grid.ts';
import { measure } from './capacity/size.ts';
import { capacity } from './capacity/table.ts';
import { say } from './support/broker.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const numbers = z
  .string()
  .transform((text) => text.split(',').map(Number))
  .pipe(z.array(z.int().positive()).min(1));

const given = readOptions(
  new Command('bench:capacity')
    .description('Users, items and events a second by members, and what is full first.')
    .option('--users <list>', 'users of the shops', '1000,10000,100000')
    .option('--items <list>', 'items of the shops, as many as users are named', '1000,10000,50000')
    .option('--members <list>', 'members that serve, one core each', '1,2,4,8,12,16')
    .option('--partitions <n>', 'of the topics keyed by user', '12')
    .option('--seconds <n>', 'of deciding at each size', '5')
    .option('--json', 'one line on stdout'),
  z
    .object({
      users: numbers,
      items: numbers,
      members: numbers,
      partitions: wholeNumber,
      seconds: wholeNumber,
      json: z.boolean().default(false),
    })
    .refine(({ users, items }) => users.length === items.length, 'as many users as items'),
);

const measured = given.users.map((users, i) => {
  const items = given.items[i]!;
  say(`${users} users, ${items} items`);
  return measure({ users, items, seconds: given.seconds });
});
const rows = measured.flatMap((one) =>
  given.members.map((members) => capacity(one, members, given.partitions)),
);
if (given.json) process.stdout.write(`${JSON.stringify({ measured, rows })}\n`);
else {
  const whole = (value: number) => String(Math.round(value));
  const ofCore = measured.map((one) => [
    ...[one.users, one.items, one.requests, one.feedback, one.examples, one.userBytes].map(whole),
  ]);
  const head = ['users', 'items', 'requests/s', 'feedback/s', 'examples/s', 'bytes a user'];
  const table = rows.map((row) => [
    ...[row.users, row.items, row.members, row.decided, row.requests, row.events].map(whole),
    row.stateMb.toFixed(1),
    row.full,
  ]);
  const names = [
    'users',
    'items',
    'members',
    'requests/s',
    'events/s',
    'MB a member',
    'full first',
  ];
  process.stdout.write(`One core:\n${grid(head, ofCore)}\n\nMembers:\n${grid(names, table)}\n`);
}
