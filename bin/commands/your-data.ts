// `millrace map` and `millrace import`: rows of one's own through the mapping of millrace.yaml.
import type { Command } from 'commander';
import type { Config } from '../../app/config/read.ts';
import { openLogs } from '../../app/log.ts';
import { importHistory } from '../../app/your-data/import.ts';
import { type PreviewedRows, preview } from '../../app/your-data/preview.ts';
import { rowsOfFile, sourceFiles } from '../../app/your-data/sources.ts';
import { previewText, tallyText } from '../../app/your-data/text.ts';
import { openTopicReader } from '../../app/your-data/topic-sample.ts';
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
      const found = await preview(
        [...fileRows(settings, source), ...(await topicRows(settings, source))],
        {
          each: rows,
          limits: settings.border,
          ...(!future && maxAheadMs >= 0 && { latest: Date.now() + maxAheadMs }),
        },
      );
      process.stdout.write(`${json ? JSON.stringify(found) : previewText(found)}\n`);
    });
}

/** Files of the sources; none where the sources are topics. */
function fileRows(settings: Config, source?: string): PreviewedRows[] {
  if (wantedTopics(settings, source).length > 0 && !hasFiles(settings, source)) return [];
  const files = sourceFiles(settings, source);
  return files.map((file) => ({ ...file, file: file.name, rows: rowsOfFile(file) }));
}

const isWanted = (name: string, only?: string) => only === undefined || name === only;

const hasFiles = ({ sources }: Config, only?: string) =>
  sources.some(({ name, from }) => from !== undefined && isWanted(name, only));

const wantedTopics = ({ sources }: Config, only?: string) =>
  sources.filter(({ name, topic }) => topic !== undefined && isWanted(name, only));

/** The last records of the topics among the sources. */
async function topicRows(settings: Config, only?: string): Promise<PreviewedRows[]> {
  const wanted = wantedTopics(settings, only);
  if (wanted.length === 0) return [];
  await using reader = await openTopicReader(settings, openLogs(settings.dataDir));
  const found: PreviewedRows[] = [];
  for (const source of wanted) {
    const rows = await reader.rowsOf(source);
    found.push({ source, file: source.topic!, rows: inOneBatch(rows) });
  }
  return found;
}

async function* inOneBatch<T>(rows: T[]): AsyncGenerator<T[]> {
  yield rows;
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
