// `millrace init`: looks at files, guesses what their rows are, and writes the mapping into millrace.yaml.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { guessSources } from '../../datasets/mapping/guess/guess.ts';
import type { Hints } from '../../datasets/mapping/guess/guessed.ts';
import {
  type Origin,
  sourcesYaml,
  type WrittenSource,
} from '../../datasets/mapping/guess/written.ts';
import type { Row } from '../../datasets/mapping/row.ts';
import { MillraceError } from '../../schemas/errors.ts';

/** A source with a sample of its rows: of files, or of topics. */
export interface SampledSource {
  readonly origin: Origin;
  /** Name of the file or the topic. */
  readonly name: string;
  readonly rows: readonly Row[];
}

/**
 * Guesses the mappings of all sources together.
 * @param hints what somebody said of them, by their names
 */
export function guessAll(
  samples: readonly SampledSource[],
  hints: Readonly<Record<string, Hints>> = {},
): WrittenSource[] {
  const guessed = guessSources(samples, hints);
  return samples.map(({ origin, rows }, i) => ({
    origin,
    guessed: guessed[i]!,
    rows: rows.length,
  }));
}

/** Text of the section `sources` for a file in `folder`. @throws MillraceError `mapping-unclear` */
export function mappingText(sources: readonly WrittenSource[], folder: string): string {
  const unclear = sources.flatMap(({ guessed }) =>
    guessed.unclear.map(({ says }) => `${guessed.name}: ${says}`),
  );
  if (unclear.length > 0) throw unclearMapping(unclear);
  return sourcesYaml(
    sources.map((source) => {
      const { from } = source.origin;
      if (from === undefined) return source;
      const near = relative(folder, resolve(from)) || '.';
      return { ...source, origin: { ...source.origin, from: near } };
    }),
  );
}

/**
 * Adds the section to the file, or makes the file.
 * @throws MillraceError `mapping-there` if the file has sources
 */
export function writeMapping(file: string, text: string): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const there = parseDocument(before).get('sources');
  if (there !== undefined && there !== null) {
    throw new MillraceError({
      code: 'mapping-there',
      what: `${file} has sources already.`,
      why: 'What you have changed there would be lost.',
      todo: 'Take `sources` out of the file, or name another file: millrace --config other.yaml init …',
    });
  }
  const joint = before === '' || before.endsWith('\n') ? '' : '\n';
  const temporary = `${file}.part`;
  writeFileSync(temporary, `${before}${joint}${before === '' ? '' : '\n'}${text}`);
  renameSync(temporary, file);
}

/** Folder from which paths in the file count. */
export const folderOf = (file: string) => dirname(resolve(file));

/**
 * Asks about what could not be told, until all is clear or nothing more can be asked.
 * @param ask puts a question, and gives the answer
 */
export async function asked(
  samples: readonly SampledSource[],
  ask: (question: string) => Promise<string>,
): Promise<WrittenSource[]> {
  const hints: Record<string, Hints> = {};
  for (;;) {
    const sources = guessAll(samples, hints);
    const open = sources.flatMap(({ guessed: { name, unclear } }) =>
      unclear
        .filter(
          ({ about }) => about !== 'rows' && hints[name]?.[about as keyof Hints] === undefined,
        )
        .map((one) => ({ name, ...one })),
    );
    const [first] = open;
    if (!first) return sources;
    const { name, about, says, options } = first;
    const numbered = options.map((option, i) => `  ${i + 1}  ${option}`);
    const answer = (await ask([`${name}: ${says}`, ...numbered, '> '].join('\n'))).trim();
    const chosen = options.length > 0 ? (options[Number(answer) - 1] ?? answer) : answer;
    if (options.length > 0 && !options.includes(chosen)) continue;
    if (about === 'positiveFrom' && !Number.isFinite(Number(chosen || Number.NaN))) continue;
    hints[name] = { ...hints[name], [about]: chosen };
  }
}

function unclearMapping(unclear: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'mapping-unclear',
    what: 'It cannot be told what the rows are.',
    why: unclear.join('\n  '),
    todo: 'Run `millrace init` on a terminal without --yes, which asks; or write `sources` by docs/your-data.md.',
  });
}
