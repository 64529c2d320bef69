// `millrace config`: what holds, with the source of every value; whether a file can be used; or the tables
// and views that ClickHouse gets.
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { redacted, settingsText } from '../../app/config/print.ts';
import type { Config } from '../../app/config/read.ts';
import { serverOf } from '../../app/warehouse.ts';
import { DATABASE } from '../../infra/clickhouse/database-name.ts';
import { ddlOf } from '../../infra/clickhouse/views.ts';
import type { CommandContext } from './context.ts';

interface Flags {
  check?: string;
  ddl?: string | true;
  json?: boolean;
}

export function defineConfig(command: Command, { settings }: CommandContext): void {
  command
    .option('--check <file>', 'say whether this file can be used, and what is wrong with it')
    .option('--ddl [file]', 'write the statements that make tables and views in ClickHouse')
    .option('--json', 'the configuration that holds, on one line, without secrets')
    .addHelpText(
      'after',
      '\nEvery setting, its variable, flag, unit and default: docs/configuration.md',
    )
    .action(async ({ check, ddl, json }: Flags) => {
      const found = settings(check === undefined ? {} : { config: check });
      if (ddl !== undefined) {
        const text = await ddlText(found.config);
        if (ddl === true) process.stdout.write(text);
        else writeFileSync(ddl, text);
        return;
      }
      const text = json ? JSON.stringify(redacted(found.config)) : settingsText(found);
      process.stdout.write(`${check !== undefined && !json ? `${check} can be used.` : text}\n`);
    });
}

/** The statements for the server or the cluster of a configuration, for `clickhouse client --multiquery`. */
async function ddlText({ clickhouse }: Config): Promise<string> {
  const { database, cluster } = clickhouse ? serverOf(clickhouse) : { database: DATABASE };
  const statements = await ddlOf({ database, cluster });
  return statements.map((statement) => `${statement};\n`).join('\n');
}
