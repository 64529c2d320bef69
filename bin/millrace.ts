#!/usr/bin/env node
// The command line: the only place where everything is put together.
import { Command, Option } from 'commander';
import { commands } from './commands/commands.ts';
import type { CommandContext } from './commands/context.ts';

/** The help command, which is commander's own. */
const helpCommand = { name: 'help', usage: '[command]' };

const program = new Command('millrace')
  .description('A stream-processing reinforcement-learning recommender on Kafka.')
  .option('--config <file>', 'settings (default: millrace.yaml in the working directory)')
  .option('--data-dir <dir>', 'all state lives here (default: .millrace in the project)')
  .option('--host <address>', 'interface to listen on (default: 127.0.0.1)')
  .option('--port <port>', 'dashboard; a taken port is stepped over (default: 8080)')
  .option('--sql-port <port>', 'SQL over HTTP; a taken port is stepped over (default: 8123)')
  .option('--partitions <n>', 'partitions of the topics keyed by user (default: 1)')
  .option('--seed <n>', 'seed of every draw (default: 1)')
  .addOption(new Option('--debug', 'show the stack of an error').hideHelp())
  .enablePositionalOptions(false)
  .showHelpAfterError('(see millrace --help)');

program.configureHelp({
  subcommandTerm: (command) => {
    const { name, usage } = commands.find((one) => one.name === command.name()) ?? helpCommand;
    return `${name} ${usage}`;
  },
});

try {
  await addCommands(process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  await report(error);
  process.exitCode = 1;
}
// The engines leave threads behind that keep a process alive; everything of ours is closed by now.
process.exit();

/** Adds all commands by name, and loads only those that the arguments name. */
async function addCommands(args: readonly string[]): Promise<void> {
  for (const { name, description, dataDir = 'makes', load } of commands) {
    const command = program.command(name).description(description);
    if (!args.includes(name)) continue;
    const [define, { checkDataDir }, { readSettings }, { readServed }] = await Promise.all([
      load(),
      import('../app/config/data-dir.ts'),
      import('../app/config/read.ts'),
      import('../app/served.ts'),
    ]);
    const settings: CommandContext['settings'] = (flags = {}, layers = {}) => {
      const read = readSettings(process.env, { flags: { ...program.opts(), ...flags }, ...layers });
      checkDataDir(read, dataDir);
      return read;
    };
    const config: CommandContext['config'] = (...args) => settings(...args).config;
    const served = () => {
      const own = config();
      const over = readServed(own);
      return over ? config({}, { over }) : own;
    };
    define(command, { settings, config, served });
  }
}

async function report(thrown: unknown): Promise<void> {
  const [{ forPeople }, { MillraceError }] = await Promise.all([
    import('../infra/kafka/failures.ts'),
    import('../schemas/errors.ts'),
  ]);
  const error = forPeople(thrown);
  const debug = program.opts().debug === true;
  if (error instanceof MillraceError && !debug) {
    process.stderr.write(`\nError (${error.code}): ${error.message}\n`);
  } else {
    const { stack = String(error) } = error as Error;
    process.stderr.write(`\nUnexpected error: ${stack}\n`);
  }
}
