// Lets one process at a time do a step; the others wait for it.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { say } from './say.mjs';

/**
 * Calls `work(share)`; `share(pid)` lets a child hold the lock too, should we be killed.
 * A lock whose holders are gone is taken over.
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  let waited = false;
  try {
    while (!taken(mine, path)) {
      const holders = holdersOf(path);
      if (holders.length && !holders.some(alive)) rmSync(path, { force: true });
      else {
        if (!waited) say(`Waiting for the set-up that process ${holders[0]} does`);
        waited = true;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work((pid) => writeFileSync(path, `${process.pid} ${pid}`));
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

/** A hard link appears whole or not at all. */
function taken(mine, path) {
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that took the lock, and the child that works for it and may outlive it. */
function holdersOf(path) {
  try {
    return readFileSync(path, 'utf8').split(' ').map(Number).filter(Boolean);
  } catch {
    return [];
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
