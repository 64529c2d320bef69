// Logs: everything as JSON lines in the data directory, warnings for people on stderr. stdout is for
// results alone.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { destination, type Logger, multistream, pino } from 'pino';

export interface Logs {
  readonly log: Logger;
  /** One line for people, on stderr. */
  readonly say: (line: string) => void;
  readonly file: string;
}

/** LOG_LEVEL sets what goes into the file. @default 'info' */
export function openLogs(dataDir: string): Logs {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const file = join(dataDir, 'logs', 'millrace.log');
  const level = process.env.LOG_LEVEL ?? 'info';
  const streams = [
    { level: level as pino.Level, stream: destination({ dest: file, sync: true, mkdir: true }) },
    { level: 'error' as const, stream: destination({ dest: 2, sync: true }) },
  ];
  return {
    log: pino({ level, base: { pid: process.pid } }, multistream(streams)),
    say: (line) => void process.stderr.write(`${line}\n`),
    file,
  };
}
