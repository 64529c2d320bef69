// Tells a full disk from other failures to write.
import { rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { diskFull } from './errors.ts';

const { ENOSPC, EDQUOT } = constants.errno;
const full: readonly unknown[] = ['ENOSPC', 'EDQUOT', ENOSPC, EDQUOT];

/** Whether a write into a folder failed because the disk is full. */
export function isDiskFull(error: unknown, dir: string): boolean {
  if (full.includes((error as { code?: unknown }).code)) return true;
  // LMDB answers EIO when only part of a page could be written, and a full disk is one such case.
  if ((error as { code?: unknown }).code !== constants.errno.EIO) return false;
  const probe = join(dir, 'probe');
  try {
    writeFileSync(probe, Buffer.alloc(1 << 16));
    return false;
  } catch (cause) {
    return full.includes((cause as { code?: unknown }).code);
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Does work that writes into a folder. @throws MillraceError `disk-full` */
export function roomFor<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isDiskFull(error, dir) ? diskFull(dir, error) : error;
  }
}
