// Starts one embedded part on a JVM: ends leftovers, picks ports, waits until it answers.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MillraceError } from '../../schemas/errors.ts';
import { classArchive } from './class-archive.ts';
import { inUse } from './data-dir.ts';
import { ensureJars } from './jars.ts';
import { findJava, type Java } from './java.ts';
import { freePort } from './ports.ts';
import { endLeftover, identify, isAlive } from './processes.ts';
import { readRun, writeRun } from './run-file.ts';
import { type Supervised, supervise, tail } from './supervise.ts';
import type { EmbeddedPart, StartOptions } from './types.ts';

export interface Place {
  dataDir: string;
  partsDir: string;
  host: string;
  /** Whether to record a class archive. */
  record: boolean;
  /** Ports by name; clients connect to the one named `client`. */
  ports: Record<string, number>;
}

/** One kind of embedded part, as kafka.ts and registry.ts describe it. */
export interface Part {
  name: string;
  /** Name of the part, for people. */
  title: string;
  /** Ports to try first, by name. */
  ports: Record<string, number> & { client: number };
  /** Prepares a data directory, once. */
  prepare?(place: Place, java: Java): Promise<void>;
  /** Gives the JVM's arguments and environment. */
  launch(place: Place): { args: string[]; env?: Record<string, string> };
  /** True once it serves clients. */
  isUp(place: Place, logFile: string): Promise<boolean>;
}

const UP_WITHIN_MS = 90_000;

/** @throws MillraceError `part-missing`, `part-not-fetched`, `part-did-not-start`, `data-dir-in-use` */
export async function startPart(part: Part, options: StartOptions): Promise<EmbeddedPart> {
  const dataDir = resolve(options.dataDir);
  const partsDir = resolve(options.partsDir);
  const host = options.host ?? '127.0.0.1';
  mkdirSync(dataDir, { recursive: true });
  const java = await findJava();
  await ensureJars(partsDir, options.log);
  await clearLeftover(part, dataDir);
  const begun = performance.now();
  const wanted = { ...part.ports, ...readRun(dataDir, part.name).ports };
  if (options.port !== undefined) wanted.client = options.port;
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(wanted, host);
    const place = { dataDir, partsDir, host, ports, record: options.record ?? false };
    await part.prepare?.(place, java);
    const running = await launch(part, place, java);
    if (await comesUp(part, place, running)) {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      options.log?.(`${part.title} is up on ${host}:${ports.client} after ${seconds} s`);
      return running;
    }
    await running[Symbol.asyncDispose]();
    const log = tail(logPath(dataDir, part.name), 400);
    if (
      attempt < 4 &&
      /Address already in use|BindException|Port \d+ seems to be in use/.test(log)
    ) {
      continue; // Somebody took the port between our look and the bind.
    }
    throw new MillraceError({
      code: 'part-did-not-start',
      what: `${part.title} did not come up.`,
      why: `The end of ${logPath(dataDir, part.name)}:\n${tail(logPath(dataDir, part.name))}`,
      todo: 'See the whole log; `millrace doctor` checks what it needs.',
      remedy: 'retry',
    });
  }
}

async function clearLeftover(part: Part, dataDir: string): Promise<void> {
  const { part: left, owner } = readRun(dataDir, part.name);
  if (!left || !isAlive(left)) return;
  if (owner && isAlive(owner)) throw inUse(dataDir, owner.pid);
  await endLeftover(left, ['java', marker(dataDir)]);
}

async function choosePorts(
  wanted: Record<string, number>,
  host: string,
): Promise<Record<string, number>> {
  const chosen: Record<string, number> = {};
  for (const [name, port] of Object.entries(wanted)) {
    chosen[name] = await freePort(port, host, Object.values(chosen));
  }
  return chosen;
}

async function launch(part: Part, place: Place, java: Java): Promise<EmbeddedPart> {
  const { args, env } = part.launch(place);
  const archive = classArchive(place.partsDir, part.name, java, place.record);
  const child = await supervise({
    command: java.command,
    args: ['-XX:+UseSerialGC', ...archive.flags, marker(place.dataDir), ...args],
    cwd: place.dataDir,
    logFile: logPath(place.dataDir, part.name),
    ...(env ? { env } : {}),
  });
  const { ports } = place;
  const [id, owner] = [identify(child.pid), identify(process.pid)];
  writeRun(place.dataDir, part.name, { ports, ...(id && owner ? { part: id, owner } : {}) });
  child.exited.then((code) => archive.keep(code));
  return {
    pid: child.pid,
    port: ports.client!,
    exited: child.exited,
    async [Symbol.asyncDispose]() {
      await child.stop();
      writeRun(place.dataDir, part.name, { ports });
    },
  };
}

async function comesUp(part: Part, place: Place, running: Pick<Supervised, 'exited'>) {
  let ended = false;
  running.exited.then(() => {
    ended = true;
  });
  const until = performance.now() + UP_WITHIN_MS;
  while (!ended && performance.now() < until) {
    if (await part.isUp(place, logPath(place.dataDir, part.name))) return true;
    await new Promise((wake) => setTimeout(wake, 40));
  }
  return false;
}

/** The mark on the command line of every child, by which it is recognised later. */
function marker(dataDir: string): string {
  return `-Dmillrace.data=${dataDir}`;
}

export function logPath(dataDir: string, name: string): string {
  return join(dataDir, 'logs', `${name}.log`);
}
