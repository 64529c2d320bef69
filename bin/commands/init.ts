// `millrace init`: a mapping for files of one's own, guessed, asked about, and written into millrace.yaml.
import { createInterface } from 'node:readline/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { asked, folderOf, guessAll, mappingText, writeMapping } from '../../app/your-data/init.ts';
import { sampleFiles } from '../../app/your-data/sample.ts';

interface Flags {
  readonly from: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
  /** Of the program. */
  readonly config?: string;
}

export function defineInit(command: Command): void {
  command
    .requiredOption(
      '--from <path...>',
      'a folder with files, or files (CSV, TSV, JSON lines, Parquet; .gz, .zst)',
    )
    .option('--yes', 'take the best guess, and fail where there is none, instead of asking')
    .option('--json', 'what was guessed as one JSON object; nothing is written')
    .action(async () => {
      const { from, yes, json, config } = command.optsWithGlobals<Flags>();
      const file = config ?? process.env.MILLRACE_CONFIG?.trim() ?? 'millrace.yaml';
      if (from.length === 0) throw new InvalidArgumentError('A folder or a file is wanted.');
      const samples = await sampleFiles(from);
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

function openTerminal() {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return { ask: (question: string) => lines.question(question), close: () => lines.close() };
}
