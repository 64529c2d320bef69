// A member that ends again and again without a word takes no partitions any more: each start would rebalance
// the group, and hold up everybody in it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { identify, isAlive } from '../infra/embedded/processes.ts';
import { MillraceError } from '../schemas/errors.ts';

/** Sudden ends within `withinMs` that make a loop. */
const most = 5;
/** Time in which sudden ends are counted, ms. */
const withinMs = 600_000;

const startsShape = z.array(
  z.object({ at: z.number(), owner: z.object({ pid: z.number(), started: z.string() }) }),
);
type Starts = z.infer<typeof startsShape>;

const fileOf = (dataDir: string) => join(dataDir, 'run', 'starts.json');

/**
 * Notes the start of a member; disposing notes its end.
 * @param now ms since the epoch
 * @throws MillraceError `restart-loop` after too many starts that had no end
 */
export function guardRestarts(dataDir: string, now: number): Disposable {
  const file = fileOf(dataDir);
  const recent = read(file).filter(({ at }) => now - at < withinMs);
  const sudden = recent.filter(({ owner }) => !isAlive(owner));
  if (sudden.length >= most) throw loops(sudden, file, now);
  const own = { at: now, owner: identify(process.pid) ?? { pid: process.pid, started: '' } };
  mkdirSync(dirname(file), { recursive: true });
  write(file, [...recent, own]);
  return {
    [Symbol.dispose]: () =>
      write(
        file,
        read(file).filter(({ owner }) => owner.pid !== own.owner.pid),
      ),
  };
}

function loops(sudden: Starts, file: string, now: number): MillraceError {
  const first = Math.min(...sudden.map(({ at }) => at));
  return new MillraceError({
    code: 'restart-loop',
    what: `This member ended ${sudden.length} times without a word in the last ${Math.ceil((now - first) / 1000)} s.`,
    why: 'It was killed, for want of memory for one, or a native part ended it.',
    todo: `Look at the logs of the machine. It starts again ${Math.ceil((first + withinMs - now) / 1000)} s from now, or at once without ${file}.`,
  });
}

function read(file: string): Starts {
  if (!existsSync(file)) return [];
  try {
    return startsShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return []; // it was being written when its process ended
  }
}

function write(file: string, starts: Starts): void {
  writeFileSync(file, JSON.stringify(starts));
}
