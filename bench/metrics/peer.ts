// Runs the peers on the cases, in an environment of their own that is made where it is missing.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { withScratch } from '../../evaluate/scratch.ts';
import { lastLines, run, works } from '../../infra/embedded/command.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { say } from '../support/broker.ts';
import type { Cases } from './cases.ts';

const home = fileURLToPath(new URL('../peers/metrics', import.meta.url));

const shape = z.object({
  versions: z.record(z.string(), z.string()),
  /** Value by case, by peer, by figure; null is NaN. */
  figures: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number().nullable()))),
});

export type PeerFigures = z.infer<typeof shape>;

/** @throws MillraceError `part-missing` where the packages cannot be installed */
export async function peerFigures(cases: Cases, python: string): Promise<PeerFigures> {
  await ensure(python);
  return withScratch(async (scratch) => {
    const path = join(scratch, 'cases.json');
    writeFileSync(path, JSON.stringify(cases));
    const { code, output } = await run(python, [join(home, 'measure.py'), path]);
    if (code !== 0) throw new Error(`measure.py ended with ${code}:\n${lastLines(output)}`);
    return shape.parse(JSON.parse(output.trimEnd().split('\n').at(-1)!));
  });
}

async function ensure(python: string): Promise<void> {
  if (
    existsSync(python) &&
    (await works(python, ['-c', 'import sacrebleu, sklearn, pytrec_eval']))
  ) {
    return;
  }
  const place = dirname(dirname(python));
  const options = { what: 'Installing the peers', log: say };
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', place]],
    [python, ['-m', 'pip', 'install', '--quiet', '-r', join(home, 'requirements.txt')]],
  ];
  for (const [command, args] of steps) {
    const { code, output } = await run(command, args, options);
    if (code === 0) continue;
    throw new MillraceError({
      code: 'part-missing',
      what: `The peers are missing: ${command} ${args.join(' ')} ended with ${code}.`,
      why: lastLines(output),
      todo: 'Make the environment as in bench/peers/metrics/README.md, and name it by --python.',
    });
  }
}
