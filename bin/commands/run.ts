// `millrace run`: some processors as one member of their consumer groups.
import { type Command, InvalidArgumentError } from 'commander';
import { openLogs } from '../../app/log.ts';
import { run } from '../../app/run.ts';
import { untilSignal } from '../../app/signals.ts';
import type { CommandContext } from './context.ts';

interface Flags {
  instanceId?: string;
  llm?: boolean;
  opsPort: number;
  clickhouse: boolean;
  sql: boolean;
  page: boolean;
  api: boolean;
  apiPort?: string;
  threads: number;
  topology?: string;
}

export function defineRun(command: Command, { config }: CommandContext): void {
  command
    .argument('[processor...]', 'stages and enrichers by name (default: every stage)')
    .option('--llm', 'the enrichers, too, with the language model')
    .option('--topology <file>', 'a module with stages of your own, to run beside these')
    .option('--ops-port <port>', 'metrics and health; a taken port is stepped over', port, 9464)
    .option('--threads <n>', 'members in this process, each on a core of its own', threads, 1)
    .option('--no-clickhouse', 'leave out ClickHouse, and with it SQL and the page')
    .option('--no-sql', 'leave out the SQL endpoint')
    .option('--no-page', 'leave out the page')
    .option('--no-api', 'leave out recommendations over HTTP')
    .option('--api-port <port>', 'HTTP interface; a taken port is stepped over (default: 8090)')
    .option('--instance-id <id>', 'of a static member: it restarts without a rebalance')
    .addHelpText(
      'after',
      '\nThe first process on a data directory starts broker and registry there and says how others join.',
    )
    .action(async (processors: string[], flags: Flags) => {
      const { llm = false, clickhouse, sql, page, api, apiPort, ...others } = flags;
      const settings = config({ clickhouse, sql, page, api, apiPort });
      const signal = untilSignal();
      const options = { processors, llm, signal, ...others };
      await run(settings, openLogs(settings.dataDir), options);
    });
}

function threads(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 64) return value;
  throw new InvalidArgumentError('A number of threads from 1 to 64 is wanted.');
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw new InvalidArgumentError('A port from 1 to 65535 is wanted.');
}
