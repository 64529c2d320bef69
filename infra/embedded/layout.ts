// Places of downloaded parts: one directory for each version, which is there as a whole or not at
// all.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identify } from './processes.ts';

export const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));

/**
 * Directory of the jars. The hash of the pom is in its name, so a new pin fetches anew and an old
 * one stays usable.
 */
export function jarsDir(partsDir: string): string {
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  return join(partsDir, `jars-${hash}`);
}

export function kafkaClasspath(partsDir: string): string {
  return join(jarsDir(partsDir), 'kafka', '*');
}

export function registryJar(partsDir: string): string {
  const dir = join(jarsDir(partsDir), 'registry');
  const name = readdirSync(dir).find((file) => file.endsWith('-runner.jar'));
  return join(dir, name ?? 'apicurio-registry-app-runner.jar');
}

/**
 * Fills a directory aside and renames it into place, so an interruption leaves nothing half done.
 * Remnants of fillers that are gone are removed; when two fill at once, the first to finish wins.
 */
export async function fillAside(
  partsDir: string,
  target: string,
  fill: (temporary: string) => Promise<string>,
): Promise<void> {
  mkdirSync(partsDir, { recursive: true });
  for (const name of readdirSync(partsDir)) {
    const pid = Number(/^tmp-(\d+)-/.exec(name)?.[1] ?? 0);
    if (pid && pid !== process.pid && !identify(pid)) {
      rmSync(join(partsDir, name), { recursive: true, force: true });
    }
  }
  const temporary = join(partsDir, `tmp-${process.pid}-${performance.now().toFixed(0)}`);
  mkdirSync(temporary);
  try {
    const made = await fill(temporary);
    try {
      renameSync(made, target);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
