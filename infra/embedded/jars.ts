// Fetches the jars of the embedded broker and registry through Maven, once.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MillraceError } from '../../schemas/errors.ts';
import { lastLines, run, works } from './command.ts';
import { fillAside, jarsDir, POM } from './layout.ts';
import { partMissing, waysOn } from './missing.ts';
import type { Progress } from './types.ts';

let fetching: Promise<void> | undefined;

/**
 * The jars are under `partsDir` when this resolves.
 * @throws MillraceError `part-missing` without Maven, `part-not-fetched` when Maven fails
 */
export function ensureJars(partsDir: string, progress?: Progress): Promise<void> {
  if (existsSync(jarsDir(partsDir))) return Promise.resolve();
  fetching ??= fetchJars(partsDir, progress).finally(() => {
    fetching = undefined;
  });
  return fetching;
}

async function fetchJars(partsDir: string, log?: Progress): Promise<void> {
  if (!(await works('mvn', ['-v']))) throw partMissing('Maven', 'no `mvn` that works', 'maven');
  log?.('Fetching Kafka and the schema registry by Maven, about 160 MB, once');
  await fillAside(partsDir, jarsDir(partsDir), async (temporary) => {
    const made = join(temporary, 'jars');
    const maven = await run('mvn', ['-B', '-f', POM, 'package', `-Dparts.dir=${made}`], {
      what: 'Fetching jars',
      log,
      measure: (output) =>
        `${output.match(/^(\[INFO\] )?Download(?:ed|ing) from/gm)?.length ?? 0} requests`,
    });
    if (maven.code !== 0) {
      throw new MillraceError({
        code: 'part-not-fetched',
        what: 'Maven could not fetch the jars of Kafka and the schema registry.',
        why: lastLines(
          maven.output.replace(/^.*(To see the full|Re-run Maven|For more inf).*$/gm, ''),
        ),
        todo: `Try again when the repository is in reach. ${waysOn('maven')}`,
        remedy: 'retry',
      });
    }
    return made;
  });
  log?.('Kafka and the schema registry are in place');
}
