// `millrace explain`: why an item was recommended, with what the reason leans on.
import type { Command } from 'commander';
import { makeReasons } from '../../app/explain/make.ts';
import {
  type AskJson,
  readGroups,
  readItems,
  readLiked,
  readReasons,
  readSlate,
} from '../../app/explain/read.ts';
import { slateReasons, slateReasonsText } from '../../app/explain/text.ts';
import { keepRecords } from '../../app/keep-records.ts';
import { openLogs } from '../../app/log.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { explanations } from '../../schemas/topics/explanations.ts';
import type { CommandContext } from './context.ts';
import { ask } from './sql.ts';

interface Flags {
  item?: string;
  again?: boolean;
  prose?: boolean;
  json?: boolean;
}

export function defineExplain(command: Command, { config }: CommandContext): void {
  command
    .argument('<impressionId>', 'of a slate that was shown')
    .option('--item <id>', 'this item alone')
    .option('--again', 'make the reasons anew')
    .option('--prose', 'let the model write a sentence of its own')
    .option('--json', 'as JSON, on one line')
    .addHelpText('after', '\nWhat a reason is made of and how it is checked: docs/llm.md')
    .action(async (impressionId: string, { item, again, prose = false, json }: Flags) => {
      const settings = config();
      const logs = openLogs(settings.dataDir);
      const query: AskJson = (sql) => ask(sql, settings, 'json');
      const slate = await readSlate(query, impressionId);
      const wanted = item === undefined ? slate.itemIds : [item];
      for (const id of wanted) if (!slate.itemIds.includes(id)) throw notShown(id, slate.itemIds);
      const kept = again || prose ? [] : await readReasons(query, impressionId);
      const missing = wanted.filter((id) => !kept.some(({ itemId }) => itemId === id));
      const liked = missing.length === 0 ? [] : await readLiked(query, slate);
      const known = await readItems(query, [
        ...wanted,
        ...kept.flatMap(({ citedItems }) => citedItems),
      ]);
      const items = missing.flatMap((id) => known.get(id) ?? []);
      const made =
        items.length === 0
          ? []
          : await makeReasons(
              { slate, items, liked, vocabulary: await readGroups(query), prose },
              settings,
              logs,
            );
      const reasons = wanted.flatMap(
        (id) => [...made, ...kept].find(({ itemId }) => itemId === id) ?? [],
      );
      const byId = new Map([...liked.map((one) => [one.itemId, one] as const), ...known]);
      const found = slateReasons(slate, reasons, byId);
      process.stdout.write(`${json ? JSON.stringify(found) : slateReasonsText(found)}\n`);
      if (made.length > 0) await keepRecords(explanations, made, settings, logs);
    });
}

function notShown(itemId: string, shown: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'item-not-shown',
    what: `The item ${itemId} is not in that slate.`,
    todo: `It has: ${shown.join(', ')}.`,
  });
}
