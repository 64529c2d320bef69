// `millrace map` and `millrace import`: rows of one's own through the mapping of millrace.yaml.
import type { Command } from 'commander';
import { openLogs } from '../../app/log.ts';
import { importHistory } from '../../app/your-data/import.ts';
import { preview } from '../../app/your-data/preview.ts';
import { rowsOfFile, sourceFiles } from '../../app/your-data/sources.ts';
import { previewText, tallyText } from '../../app/your-data/text.ts';
import type { CommandContext } from './context.ts';
import { whole } from './numbers.ts';

interface Flags {
  readonly source?: string;
  readonly rows?: number;
  readonly future?: boolean;
  readonly json?: boolean;
}

export function defineMap(command: Command, { config }: CommandContext): void {
  command
    .option('--dry-run', 'write nothing (which it never does)')
    .option('--source <name>', 'this source alone')
    .option('--rows <n>', 'rows of each source that are shown', whole, 10)
    .option('--future', 'let in times that lie ahead of the clock')
    .option('--json', 'as one JSON object')
    .action(async ({ source, rows = 10, future, json }: Flags) => {
      const settings = config();
      const { maxAheadMs } = settings.errors;
      const files = sourceFiles(settings, source);
      const found = await preview(
        files.map((file) => ({ ...file, file: file.name, rows: rowsOfFile(file) })),
        {
          each: rows,
          limits: settings.border,
          ...(!future && maxAheadMs >= 0 && { latest: Date.now() + maxAheadMs }),
        },
      );
      process.stdout.write(`${json ? JSON.stringify(found) : previewText(found)}\n`);
    });
}

export function defineImport(command: Command, { config }: CommandContext): void {
  command
    .option('--source <name>', 'this source alone')
    .option('--future', 'let in times that lie ahead of the clock')
    .option('--json', 'the counts as one JSON object')
    .action(async ({ source, future, json }: Flags) => {
      const settings = config();
      const logs = openLogs(settings.dataDir);
      const { tally, before, refusedFile } = await importHistory(settings, logs, {
        source,
        future,
      });
      if (before > 0) logs.say(`Files that were imported before, and are left alone: ${before}`);
      if (json) {
        const counts = tally?.all ?? { read: 0, mapped: 0, ignored: 0, refused: 0 };
        const codes = Object.fromEntries(tally?.codes ?? []);
        const { items = 0, unjoined = 0 } = tally ?? {};
        const file = counts.refused > 0 ? refusedFile : null;
        process.stdout.write(
          `${JSON.stringify({ ...counts, codes, items, unjoined, before, refusedFile: file })}\n`,
        );
      } else {
        process.stdout.write(
          `${tally ? tallyText(tally, refusedFile) : 'Nothing is new: read 0 = mapped 0 + refused 0'}\n`,
        );
      }
    });
}
