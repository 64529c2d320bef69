// `millrace import`: the files of the sources, mapped and written to the topics in order of event time.
import '../../streams/engine/disposable-stack.ts';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { textOf } from '../../datasets/lines.ts';
import { History, type RefusedSourceRow } from '../../datasets/mapping/history.ts';
import type { Tally } from '../../datasets/mapping/tally.ts';
import { Importer } from '../../infra/import/importer.ts';
import { markOfFile } from '../../infra/import/marks.ts';
import type { Config } from '../config/read.ts';
import type { Logs } from '../log.ts';
import { connectStreams, findStreams } from '../streams.ts';
import { rowsOfFile, type SourceFile, sourceFiles } from './sources.ts';

export interface Imported {
  /** What became of the rows; undefined if all files were imported before. */
  readonly tally: Tally | undefined;
  /** Number of files that were imported before, and were left alone. */
  readonly before: number;
  /** File with the refused rows. */
  readonly refusedFile: string;
}

export interface ImportFlags {
  readonly source?: string | undefined;
  /** Whether times ahead of the clock are let in. @default false */
  readonly future?: boolean | undefined;
}

/** @throws MillraceError of the sources, before a broker is started; as `Importer.run` */
export async function importHistory(
  config: Config,
  logs: Logs,
  { source, future = false }: ImportFlags,
): Promise<Imported> {
  const files = sourceFiles(config, source);
  for (const file of files) await firstRow(file);
  const marked = new Map<string, SourceFile>();
  for (const file of files) marked.set(await markOfFile(file.source, file.path, file.name), file);
  await using stack = new AsyncDisposableStack();
  const addresses = await findStreams(config, logs, stack);
  const streams = await connectStreams(config, addresses, logs);
  await using refused = refusedRows(config.dataDir);
  const { maxAheadMs } = config.errors;
  const importer = new Importer({
    ...streams,
    log: logs.log,
    partitions: config.topics.partitions,
    marks: [...marked.keys()],
    windowMs: config.attribution.windowMs,
    latest: future || maxAheadMs < 0 ? null : Date.now() + maxAheadMs,
    open: (marks, latest) =>
      History.open(
        marks.map((mark) => {
          const file = marked.get(mark)!;
          return { source: file.source, name: file.name, rows: rowsOfFile(file) };
        }),
        {
          scratch: join(config.dataDir, 'scratch'),
          windowMs: config.attribution.windowMs,
          limits: config.border,
          latest: latest ?? undefined,
          onRefused: refused.add,
        },
      ),
    onProgress: ({ steps }) => logs.say(`${steps} events written`),
  });
  let tally: Tally | undefined;
  const done = await importer.run((history) => {
    tally = history.tally;
  });
  return { tally, before: marked.size - done.length, refusedFile: refused.path };
}

/** Reads the beginning of a file: a wrong column or a broken file is said before anything is started. */
async function firstRow(file: SourceFile): Promise<void> {
  for await (const _rows of rowsOfFile(file)) return;
}

/** The file of refused rows, one JSON object a line; it is made when the first one comes. */
function refusedRows(dataDir: string) {
  const folder = join(dataDir, 'refused');
  const path = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.jsonl`);
  let out: ReturnType<typeof createWriteStream> | undefined;
  return {
    path,
    add: ({ raw, ...refused }: RefusedSourceRow) => {
      if (!out) {
        mkdirSync(folder, { recursive: true });
        out = createWriteStream(path);
      }
      out.write(`${JSON.stringify({ ...refused, row: textOf(raw) })}\n`);
    },
    async [Symbol.asyncDispose]() {
      if (!out) return;
      out.end();
      await finished(out);
    },
  };
}
