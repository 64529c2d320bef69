// The list of commands is known without loading any of them: what it says must be what they are.
import { expect, it } from '@jest/globals';
import { Command } from 'commander';
import { readSettings } from '../../app/config/read.ts';
import { commands } from '../../bin/commands/commands.ts';

it.each(commands)('$name is used as the list says', async ({ name, usage, load }) => {
  const command = new Command(name);
  (await load())(command, {
    config: () => readSettings({}).config,
    served: () => readSettings({}).config,
    settings: () => readSettings({}),
  });
  expect(command.usage()).toBe(usage);
  expect(command.options.length).toBeGreaterThan(0);
});
