// `millrace init`: a mapping for files of one's own, guessed, asked about, and written into millrace.yaml.
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { openLogs } from '../../app/log.ts';
import { asked, folderOf, guessAll, mappingText, writeMapping } from '../../app/your-data/init.ts';
import { type FileSample, sampleFiles } from '../../app/your-data/sample.ts';
import { openTopicReader } from '../../app/your-data/topic-sample.ts';
import { codeOf, MillraceError } from '../../schemas/errors.ts';
import type { CommandContext } from './context.ts';

interface Flags {
  readonly from: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
  /** Path of the settings; an option of the program. */
  readonly config?: string;
}

export function defineInit(command: Command, context: CommandContext): void {
  command
    .requiredOption(
      '--from <path...>',
      'a folder with files, files (CSV, TSV, JSON lines, Parquet; .gz, .zst), names of topics, or `topics` for all',
    )
    .option('--yes', 'take the best guess, and fail where there is none, instead of asking')
    .option('--json', 'what was guessed as one JSON object; nothing is written')
    .action(async () => {
      const { from, yes, json, config } = command.optsWithGlobals<Flags>();
      const file = config ?? process.env.MILLRACE_CONFIG?.trim() ?? 'millrace.yaml';
      if (from.length === 0) throw new InvalidArgumentError('A folder, file or topic is wanted.');
      const samples = await samplesOf(from, context);
      if (json) {
        process.stdout.write(`${JSON.stringify(guessAll(samples))}\n`);
        return;
      }
      const terminal = process.stdin.isTTY && !yes ? openTerminal() : undefined;
      try {
        const sources = terminal ? await asked(samples, terminal.ask) : guessAll(samples);
        const text = mappingText(sources, folderOf(file));
        process.stdout.write(text);
        const answer = terminal ? await terminal.ask(`\nWrite this to ${file}? [Y/n] `) : 'y';
        if (/^n/i.test(answer.trim())) return;
        writeMapping(file, text);
        process.stderr.write(
          `\nWritten to ${file}. See what it makes of your rows: millrace map --dry-run\n`,
        );
      } finally {
        terminal?.close();
      }
    });
}

/** Samples of what is named: a file or a folder where there is one, else a topic. */
async function samplesOf(
  from: readonly string[],
  { config }: CommandContext,
): Promise<readonly FileSample[]> {
  // What looks like a path is none of a topic, for its error to be told.
  const isFile = (name: string) =>
    existsSync(name) || /[/\\]|\.(csv|tsv|jsonl|parquet)\b/.test(name);
  const files = from.filter(isFile);
  const topics = from.filter((name) => !isFile(name));
  const samples = files.length > 0 ? await sampleFiles(files) : [];
  if (topics.length === 0) return samples;
  const settings = config();
  await using reader = await openTopicReader(settings, openLogs(settings.dataDir)).catch(
    (error) => {
      throw codeOf(error) === 'no-data' ? nothingOf(topics[0]!) : error;
    },
  );
  return [...samples, ...(await reader.sample(topics))];
}

/** No file is called so, and no broker is known that could have a topic of that name. */
function nothingOf(name: string): MillraceError {
  return new MillraceError({
    code: 'source-missing',
    what: `There is no file or folder ${name}, and no broker is named that could have a topic ${name}.`,
    todo: 'Mend the name of the file; for a topic set KAFKA_BROKERS and SCHEMA_REGISTRY_URL.',
  });
}

function openTerminal() {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return { ask: (question: string) => lines.question(question), close: () => lines.close() };
}
