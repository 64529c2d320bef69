// `millrace forget`: users, with everything that is kept of them.
import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../../app/config/read.ts';
import type { Forgot } from '../../app/forget/forget.ts';
import { forgetUsers } from '../../app/forget/with-parts.ts';
import { openLogs } from '../../app/log.ts';
import { addressFile } from '../../app/sql-server.ts';
import type { CommandContext } from './context.ts';
import { ask } from './sql.ts';

interface Flags {
  deleteLog?: boolean;
  wait: number;
  json?: boolean;
}

export function defineForget(command: Command, { served }: CommandContext): void {
  command
    .argument('<user...>', 'ids of users')
    .option('--delete-log', 'delete the topics up to their last records, for everybody: no rebuild')
    .option('--wait <seconds>', 'longest wait for a part', seconds, 120)
    .option('--json', 'as a JSON array, one object a user')
    .addHelpText('after', '\nWhat goes, when, and what the broker keeps: docs/forget.md.')
    .action(async (userIds: string[], { deleteLog = false, wait, json }: Flags) => {
      const settings = served();
      const forgot = await forgetUsers(settings, openLogs(settings.dataDir), {
        ...{ userIds, deletesLog: deleteLog, waitMs: wait * 1_000 },
        ask: canAsk(settings) ? (query) => ask(query, settings, 'json') : undefined,
      });
      const texts = forgot.map((one, i) => text(userIds[i]!, one));
      process.stdout.write(`${json ? JSON.stringify(forgot) : texts.join('\n\n')}\n`);
    });
}

/** Whether a running Millrace, or a server, has a ClickHouse that can be asked. */
export const canAsk = (config: Config): boolean =>
  config.sinks.clickhouse && (config.clickhouse !== undefined || existsSync(addressFile(config)));

function text(userId: string, { at, made, clickhouse, remaining }: Forgot): string {
  const rows = { erased: 'rows erased', none: 'no ClickHouse was found' }[clickhouse];
  return [
    `${userId} is forgotten; events up to ${at} are not taken again.`,
    '  state, waiting slates, what learners kept: deleted',
    `  by the language model: ${made.intents} intents and ${made.explanations} reasons deleted`,
    `  ClickHouse: ${rows}`,
    '  on the broker there remain, until they are compacted or deleted by age:',
    ...remaining.map(({ topic, kind, mostMs }) => `    ${topic}: ${kind}, ${duration(mostMs)}`),
  ].join('\n');
}

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

function duration(ms: number): string {
  if (ms < 0) return 'no limit is set';
  const [size, unit] = units.find(([one]) => ms >= 2 * one) ?? ([1, 'ms'] as const);
  return `${Math.ceil(ms / size)} ${unit} at most`;
}

function seconds(given: string): number {
  const value = Number(given);
  if (value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('A number of seconds up to 86400 is wanted.');
}
