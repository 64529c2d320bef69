// `millrace token`: who may ask over HTTP.
import { Argument, type Command } from 'commander';
import type { Config } from '../../app/config/read.ts';
import { grid } from '../../app/grid.ts';
import { addToken, listTokens, removeToken } from '../../app/http/tokens.ts';
import type { CommandContext } from './context.ts';

interface Flags {
  readonly scope: string;
  readonly json?: boolean;
}

export function defineToken(command: Command, { config }: CommandContext): void {
  command
    .addArgument(new Argument('<action>').choices(['add', 'list', 'remove']))
    .argument('[name]', 'of who uses the token, such as shop-backend')
    .option('--scope <scopes>', 'of add: read, write, admin; several with commas', 'read,write')
    .option('--json', 'of list: as JSON')
    .addHelpText(
      'after',
      '\nA token is shown once, when it is made; its hash alone is kept. A server that runs hears of changes within a second.',
    )
    .action((action: string, name: string | undefined, flags: Flags) => {
      if (action === 'list') return list(config(), flags);
      if (name === undefined) return command.error(`error: millrace token ${action} wants a name`);
      if (action === 'remove') return removeToken(config(), name);
      const token = addToken(config(), name, flags.scope.split(','), new Date());
      process.stdout.write(`${token}\n`);
      process.stderr.write('Keep it: it cannot be shown again.\n');
    });
}

function list(config: Config, { json }: Flags): void {
  const tokens = listTokens(config);
  const rows = tokens.map(({ name, scopes, made }) => [name, scopes.join(','), made]);
  const text = json ? JSON.stringify(tokens) : grid(['name', 'scopes', 'made'], rows);
  process.stdout.write(`${text}\n`);
}
