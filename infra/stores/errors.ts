// Errors of state on disk. Each ends a run of its stage; the next run mends it or fails again.
import { MillraceError } from '../../schemas/errors.ts';

export function diskFull(dir: string, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'disk-full',
    what: `There is no room left for the state in ${dir}.`,
    why: cause instanceof Error ? cause.message : String(cause),
    todo: 'Free some space, or put the data directory on a larger disk (--data-dir DIR).',
    remedy: 'retry',
    cause,
  });
}

export function inUse(dir: string, pid: number): MillraceError {
  return new MillraceError({
    code: 'state-in-use',
    what: `The state in ${dir} is open in process ${pid}.`,
    why: 'A store has one writer at a time; its task may just be moving from there to here.',
    todo: 'If that process hangs, end it; or give each process a data directory of its own (--data-dir DIR).',
    remedy: 'retry',
  });
}

export function closed(dir: string): MillraceError {
  return new MillraceError({
    code: 'state-in-use',
    what: `The state in ${dir} was closed here.`,
    why: 'Its task has moved, or was begun anew.',
    remedy: 'retry',
  });
}

export function discarded(dir: string, why: string, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'checkpoint-discarded',
    what: `The state in ${dir} was thrown away.`,
    why: `On disk, ${why}.`,
    todo: 'Nothing is lost: it is rebuilt from its changelog. If it comes again, look at the disk.',
    remedy: 'retry',
    cause,
  });
}
