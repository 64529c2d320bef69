// `millrace sql`: a query to the running Millrace, or to its data when none runs.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../app/config/read.ts';
import { addressFile } from '../../app/sql-server.ts';
import { openWarehouse, serverOf } from '../../app/warehouse.ts';
import { queryOnce } from '../../infra/clickhouse/query-once.ts';
import { lockDataDir } from '../../infra/embedded/data-dir.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { CommandContext } from './context.ts';

export function defineSql(command: Command, { config }: CommandContext): void {
  command
    .argument('<query>', 'one SELECT, SHOW or DESCRIBE')
    .option('--json', 'rows as a JSON array')
    .option('--format <name>', 'any ClickHouse output format')
    .action(async (query: string, flags: { json?: boolean; format?: string }) => {
      const format = flags.format ?? (flags.json ? 'json' : 'pretty');
      const answer = await ask(query, config(), format);
      process.stdout.write(answer);
      if (answer === '') process.stderr.write('No rows.\n');
    });
}

/** Asks the running Millrace, or its data if none runs. @returns the answer as text */
export async function ask(query: string, config: Config, format: string): Promise<string> {
  if (config.clickhouse) return queryOnce(query, serverOf(config.clickhouse), format);
  const file = addressFile(config);
  const url = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (url && (await answers(url))) return queryOnce(query, { url }, format);
  const path = join(config.dataDir, 'clickhouse');
  if (!existsSync(path)) {
    throw new MillraceError({
      code: 'no-data',
      what: `There is nothing to ask yet in ${config.dataDir}.`,
      todo: 'Run `millrace run` or `millrace demo` first, or name the directory with --data-dir.',
    });
  }
  using _lock = lockDataDir(config.dataDir);
  await using warehouse = await openWarehouse(config);
  return await queryOnce(query, { warehouse }, format);
}

/** Whether an endpoint answers: a file left by a killed process names one that does not. */
async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/ping`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
