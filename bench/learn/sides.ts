// Starts the two sides of the comparison, each in a process of its own on one core.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, run, works } from '../../infra/embedded/command.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { say } from '../support/broker.ts';
import { startChild } from '../support/child.ts';
import {
  type OursFigures,
  oursFiguresShape,
  type PeerFigures,
  peerFiguresShape,
} from './figures.ts';
import type { Files } from './files.ts';
import type { StreamOptions } from './stream.ts';

const home = fileURLToPath(new URL('../peers/vowpal-wabbit', import.meta.url));
const CORE = '0';

export interface OursSettings {
  readonly signal: AbortSignal;
  /** Directory into which the process writes a CPU profile. @default none is written */
  readonly profile?: string | undefined;
}

export async function runOurs(
  files: Files,
  stream: StreamOptions,
  { signal, profile }: OursSettings,
): Promise<OursFigures> {
  let figures: OursFigures | undefined;
  await using child = startChild('../learn/ours.ts', {
    told: { file: files.ours, stream },
    flags: profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [],
    signal,
    onMessage: (message) => {
      figures = oursFiguresShape.parse(message);
    },
  });
  if (await pins()) {
    await run('taskset', ['-acp', CORE, String(child.pid)]);
  }
  await child.ended;
  if (figures === undefined) throw new Error('Our side gave no figures.');
  return figures;
}

/** Runs the peer. @throws MillraceError `part-missing` without the Python package */
export async function runPeer(files: Files, python: string): Promise<PeerFigures> {
  if (!existsSync(python) || !(await works(python, ['-c', 'import vowpalwabbit']))) {
    throw new MillraceError({
      code: 'part-missing',
      what: `Vowpal Wabbit is missing: ${python} cannot import vowpalwabbit.`,
      why: 'It is the other side of the comparison.',
      todo: 'Make its environment as in bench/peers/vowpal-wabbit/README.md, or measure with --only ours.',
    });
  }
  const command = [python, join(home, 'measure.py'), files.top, files.shown];
  const [program, ...args] = (await pins()) ? ['taskset', '-c', CORE, ...command] : command;
  const { code, output } = await run(program!, args);
  if (code !== 0) throw new Error(`measure.py ended with ${code}:\n${lastLines(output)}`);
  return peerFiguresShape.parse(JSON.parse(output.trimEnd().split('\n').at(-1)!));
}

let pinning: Promise<boolean> | undefined;
/** Whether processes can be kept on one core here; rates are by processor time in any case. */
function pins(): Promise<boolean> {
  pinning ??= works('taskset', ['-c', CORE, 'true']).then((can) => {
    if (!can) say('No `taskset` here: the sides may use more than one core.');
    return can;
  });
  return pinning;
}
