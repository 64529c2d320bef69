// A disk that fills up, for real: a small file system in memory, where this process may mount one.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk extends Disposable {
  readonly dir: string;
  /** Why there is none here; empty where there is one. */
  readonly why: string;
  /** Takes all the room that is left; disposing gives it back. */
  fill(): Disposable;
}

/** @param size as `mount` takes it, such as `4m` */
export function smallDisk(size: string): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-small-disk-'));
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', dir]);
  return {
    dir,
    why: mount.status === 0 ? '' : (mount.error?.message ?? mount.stderr.toString().trim()),
    fill() {
      const ballast = join(dir, 'ballast');
      const page = Buffer.alloc(4096);
      try {
        for (;;) appendFileSync(ballast, page);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
      return { [Symbol.dispose]: () => rmSync(ballast) };
    },
    [Symbol.dispose]() {
      if (mount.status === 0) spawnSync('umount', [dir]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
