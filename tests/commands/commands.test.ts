// The list of commands is known without loading any of them: what it says must be what they are.
import { expect, it } from '@jest/globals';
import { Command } from 'commander';
import { commands } from '../../bin/commands/commands.ts';
import { readConfig } from '../../infra/config.ts';

it.each(commands)('$name is used as the list says', async ({ name, usage, load }) => {
  const command = new Command(name);
  (await load())(command, { config: () => readConfig({}) });
  expect(command.usage()).toBe(usage);
  expect(command.options.length).toBeGreaterThan(0);
});
