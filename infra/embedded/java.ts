// Finds a Java that the embedded broker and registry can run on.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { partMissing } from './missing.ts';

export interface Java {
  /** Path or name of the executable. */
  command: string;
  /** Feature release, for example 17. */
  major: number;
  /** Full version, for example `17.0.15`. */
  version: string;
}

export const JAVA_AT_LEAST = 17;

/** Feature release from the first line of `java -version`; before Java 9 it is the second number. */
export function parseJavaVersion(output: string): { major: number; version: string } | undefined {
  const version = /version "([^"]+)"/.exec(output)?.[1];
  if (!version) return undefined;
  const [first, second] = version.split(/[._-]/).map((part) => Number.parseInt(part, 10));
  const major = first === 1 ? second : first;
  return major === undefined || Number.isNaN(major) ? undefined : { major, version };
}

/** The Java that JAVA_HOME offers, else PATH; undefined if there is none. */
export async function lookForJava(
  env: Record<string, string | undefined> = process.env,
): Promise<Java | undefined> {
  const home = env.JAVA_HOME && join(env.JAVA_HOME, 'bin', 'java');
  const command = home && existsSync(home) ? home : 'java';
  try {
    const { stderr, stdout } = await promisify(execFile)(command, ['-version']);
    const parsed = parseJavaVersion(stderr + stdout);
    return parsed && { command, ...parsed };
  } catch {
    return undefined;
  }
}

let found: Promise<Java> | undefined;

/** The Java to use. @throws MillraceError `part-missing` */
export function findJava(): Promise<Java> {
  found ??= lookForJava().then((java) => {
    if (!java) throw partMissing('Java', 'no `java` on PATH and none in JAVA_HOME', 'java');
    if (java.major < JAVA_AT_LEAST) {
      throw partMissing('Java', `found ${java.version}, and ${JAVA_AT_LEAST} is the least`, 'java');
    }
    return java;
  });
  return found;
}
