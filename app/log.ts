// Logs: everything as JSON lines in the data directory, warnings for people on stderr. stdout is for
// results alone.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { destination, type Logger, multistream, pino } from 'pino';
import { MillraceError } from '../schemas/errors.ts';

export interface Logs {
  readonly log: Logger;
  /** Writes one line for people, on stderr. */
  readonly say: (line: string) => void;
  readonly file: string;
}

/**
 * Opens the logs; LOG_LEVEL says what goes into the file: 'info' if unset.
 * @throws MillraceError `config-invalid`, `data-dir-unusable`
 */
export function openLogs(dataDir: string): Logs {
  const file = join(dataDir, 'logs', 'millrace.log');
  const level = process.env.LOG_LEVEL || 'info';
  if (!Object.hasOwn(pino.levels.values, level) && level !== 'silent') {
    throw new MillraceError({
      code: 'config-invalid',
      what: 'A setting cannot be used.',
      why: `LOG_LEVEL: ${level} is no level.`,
      todo: `Use one of ${Object.keys(pino.levels.values).join(', ')}, silent.`,
    });
  }
  try {
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    accessSync(join(dataDir, 'logs'), constants.W_OK);
  } catch (cause) {
    throw new MillraceError({
      code: 'data-dir-unusable',
      what: `${dataDir} cannot hold the state.`,
      why: (cause as Error).message,
      todo: 'Name a directory that can be written with --data-dir.',
      cause,
    });
  }
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
