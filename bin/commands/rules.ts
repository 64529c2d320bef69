// `millrace rules`: rules of the shop, shown, put and removed.
import { Argument, type Command } from 'commander';
import { grid } from '../../app/grid.ts';
import { openLogs } from '../../app/log.ts';
import {
  putRules,
  removeExpired,
  removeRules,
  rulesIn,
  withRules,
} from '../../app/rules/command.ts';
import { unknownIn } from '../../app/rules/port.ts';
import { readRules } from '../../app/rules/topic.ts';
import { inputOf } from '../../schemas/rule-input.ts';
import type { ShopRule } from '../../schemas/topics/rules.ts';
import type { CommandContext } from './context.ts';
import { canAsk } from './forget.ts';
import { ask } from './sql.ts';

interface Flags {
  readonly expired?: boolean;
  readonly json?: boolean;
}

export function defineRules(command: Command, { served }: CommandContext): void {
  command
    .addArgument(new Argument('<action>').choices(['list', 'put', 'remove']))
    .argument('[name...]', 'of put: files, or - for what comes in; of remove: ids of rules')
    .option('--expired', 'of remove: the rules whose time is over')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nWhat a rule says and does: docs/rules.md. Bad rules change nothing.')
    .action(async (action: string, names: string[], { expired = false, json }: Flags) => {
      const settings = served();
      const logs = openLogs(settings.dataDir);
      const say = (of: object, lines: readonly string[]): void => {
        process.stdout.write(`${json ? JSON.stringify(of) : lines.join('\n')}\n`);
      };
      if (action === 'list') {
        const rules = await withRules(settings, logs, readRules);
        const shown = [...rules.values()];
        return say(shown.map(shownRule), [table(shown)]);
      }
      if (action === 'remove') {
        if (expired === names.length > 0)
          return command.error('error: millrace rules remove wants ids of rules, or --expired');
        const removed = await withRules(settings, logs, async (streams) => {
          if (expired) return removeExpired(streams, Date.now());
          await removeRules(streams, names);
          return names;
        });
        return say({ removed }, [`Removed: ${removed.join(', ') || 'none'}`]);
      }
      if (names.length === 0) return command.error('error: millrace rules put wants a file');
      const rules = names.flatMap((name) => rulesIn(name, Date.now()));
      await withRules(settings, logs, (streams) => putRules(streams, rules));
      const query = async (sql: string) => JSON.parse(await ask(sql, settings, 'json'));
      const warnings: { id: string; warning: string }[] = [];
      for (const rule of canAsk(settings) ? rules : []) {
        for (const warning of await unknownIn(rule, query)) {
          warnings.push({ id: rule.ruleId, warning });
        }
      }
      const put = rules.map(({ ruleId }) => ruleId);
      say({ put, warnings }, [
        `Put: ${put.join(', ')}`,
        ...warnings.map(({ id, warning }) => `  ${id}: ${warning}`),
      ]);
    });
}

const shownRule = (rule: ShopRule) => ({
  ...inputOf(rule),
  owner: rule.owner,
  at: new Date(rule.at).toISOString(),
});

function table(rules: readonly ShopRule[]): string {
  return grid(
    ['rule', 'kind', 'about', 'for', 'owner', 'put at'],
    rules.map((rule) => {
      const {
        id,
        kind,
        for: scope = {},
        holdout: _,
        priority: __,
        note: ___,
        ...about
      } = inputOf(rule);
      const text = (of: object) => JSON.stringify(of).slice(1, -1).replaceAll('"', '');
      return [id, kind, text(about), text(scope), rule.owner, new Date(rule.at).toISOString()];
    }),
  );
}
