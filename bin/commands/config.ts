// `millrace config`: what holds, with the source of every value; or whether a file can be used.
import type { Command } from 'commander';
import { redacted, settingsText } from '../../app/config/print.ts';
import type { CommandContext } from './context.ts';

interface Flags {
  check?: string;
  json?: boolean;
}

export function defineConfig(command: Command, { settings }: CommandContext): void {
  command
    .option('--check <file>', 'say whether this file can be used, and what is wrong with it')
    .option('--json', 'the configuration that holds, on one line, without secrets')
    .addHelpText(
      'after',
      '\nEvery setting, its variable, flag, unit and default: docs/configuration.md',
    )
    .action(({ check, json }: Flags) => {
      const found = settings(check === undefined ? {} : { config: check });
      const text = json ? JSON.stringify(redacted(found.config)) : settingsText(found);
      process.stdout.write(`${check !== undefined && !json ? `${check} can be used.` : text}\n`);
    });
}
