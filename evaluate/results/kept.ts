// Evaluations that are kept with the code: a JSON file for each protocol and data set, in docs/results.
// `millrace evaluate … --keep docs/results` writes them, and docs/results.md is made of them.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import type { Evaluation } from '../../models/evaluation/evaluation.ts';
import { MillraceError } from '../../schemas/errors.ts';

/** A figure that others published or measured, on the same data unless the note says otherwise. */
const published = z.strictObject({
  model: z.string(),
  /** Where it is from: paper, page, or how it was measured. */
  source: z.string(),
  /** What differs from the protocol of ours. */
  note: z.string().optional(),
  /** By the name of the metric. */
  values: z.record(z.string(), z.number()),
});

const row = z.strictObject({
  model: z.string(),
  metric: z.string(),
  span: z.enum(['all', 'last-half']),
  /** Null stands for a value that is no number. */
  value: z.number().nullable(),
  standardError: z.number().nullable().optional(),
});

const run = z.strictObject({
  /** Without the seed; the folder of the files as `<folder>`. */
  command: z.string(),
  /** Day, UTC. */
  date: z.string(),
  /** Version of this package. */
  version: z.string(),
  n: z.number(),
  seed: z.number(),
  rows: z.array(row),
});

const file = z.strictObject({
  protocol: z.string(),
  dataset: z.string(),
  /** What a reader must know of the figures, a paragraph each; written by hand. */
  notes: z.array(z.string()).default([]),
  /** Written by hand. */
  published: z.array(published).default([]),
  runs: z.array(run).default([]),
});

export type Published = z.infer<typeof published>;
export type KeptRun = z.infer<typeof run>;
export type KeptResults = z.infer<typeof file>;

/** Every file of a folder, by name. @throws MillraceError `results-unreadable` */
export function keptResults(folder: string): KeptResults[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => read(join(folder, name)));
}

/** An evaluation as it is kept. @param command as the user would type it, without seed and path */
export function runOf({ n, seed, rows }: Evaluation, command: string): KeptRun {
  const date = new Date().toISOString().slice(0, 10);
  return { command, date, version: version(), n, seed, rows: rows.map(rounded) };
}

/**
 * Puts a run into the file of its protocol and data set, which is made where it is missing. It takes the
 * place of a run of the same command and seed. @throws MillraceError `results-unreadable`
 */
export function keepResult(
  folder: string,
  { protocol, dataset }: Pick<Evaluation, 'protocol' | 'dataset'>,
  run: KeptRun,
): void {
  const path = join(folder, `${protocol}-${dataset}.json`);
  const found = existsSync(path)
    ? read(path)
    : { protocol, dataset, notes: [], published: [], runs: [] };
  const { command, seed } = run;
  const others = found.runs.filter((one) => one.command !== command || one.seed !== seed);
  const order = (one: KeptRun, other: KeptRun) =>
    one.command === other.command ? one.seed - other.seed : one.command < other.command ? -1 : 1;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, textOf({ ...found, runs: [...others, run].sort(order) }));
}

/** Eight digits: enough to tell runs apart, and the same text on every machine. */
function rounded({ value, standardError, ...rest }: Evaluation['rows'][number]) {
  const short = (x: number) => (Number.isFinite(x) ? Number(x.toPrecision(8)) : null);
  return {
    ...rest,
    value: short(value),
    ...(standardError !== undefined && { standardError: short(standardError) }),
  };
}

/** JSON with a line for each row, so that a difference shows what changed. */
function textOf({ runs, ...rest }: KeptResults): string {
  const head = JSON.stringify(rest, null, 1).slice(0, -2);
  const lines = runs.map(({ rows, ...about }) => {
    const open = JSON.stringify(about).slice(0, -1);
    return `${open},"rows":[\n${rows.map((one) => JSON.stringify(one)).join(',\n')}]}`;
  });
  return `${head},\n "runs": [\n${lines.join(',\n')}\n]}\n`;
}

function read(path: string): KeptResults {
  try {
    return file.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new MillraceError({
      code: 'results-unreadable',
      what: `${path} holds no results.`,
      why: cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause),
      todo: 'Take it back from git, or remove it and evaluate again with --keep.',
    });
  }
}

function version(): string {
  const manifest = findPackageJSON('..', import.meta.url)!;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
