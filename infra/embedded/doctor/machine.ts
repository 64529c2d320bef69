// The machine itself: ports, disk, Docker.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { run } from '../command.ts';
import { isFree } from '../ports.ts';
import type { Checked, Finding } from './finding.ts';

/** Disk space that a first start takes, bytes: jars, model, topics and tables of the demo. */
const ROOM = 2e9;

export async function ports({ host, port, sqlPort }: Checked): Promise<Finding[]> {
  const uses = [
    ['Dashboard port', port],
    ['SQL port', sqlPort],
  ] as const;
  return Promise.all(
    uses.map(async ([part, number]): Promise<Finding> => {
      if (await isFree(number, host))
        return { part, status: 'ok', what: `${host}:${number} is free` };
      const todo = 'Nothing: the next free one is taken, and said at the start.';
      return { part, status: 'warn', what: `${host}:${number} is taken`, todo };
    }),
  );
}

export async function disk({ dataDir }: Checked): Promise<Finding> {
  const part = 'Disk';
  let there = dataDir;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  const what = `${(free / 1e9).toFixed(1)} GB free for ${dataDir}`;
  if (free > ROOM) return { part, status: 'ok', what };
  const todo = `Make room, or choose another place with --data-dir; ${ROOM / 1e9} GB is enough for the demo.`;
  return { part, status: 'warn', what, todo };
}

export async function docker(): Promise<Finding> {
  const part = 'Docker';
  const asked = await run('docker', ['info', '--format', '{{.ServerVersion}}']);
  const version = asked.output.trim().split('\n')[0] ?? '';
  if (asked.code === 0 && /^\d/.test(version)) {
    return { part, status: 'ok', what: `engine ${version}: docker-compose.yml can be used` };
  }
  const todo = 'Nothing: only docker-compose.yml and the tests with TEST_INFRA=containers want it.';
  return { part, status: 'warn', what: 'no engine answers', todo };
}
