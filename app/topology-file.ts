// A topology of the user's own, from a file that the command line names.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiled } from '../infra/own-file.ts';
import { MillraceError } from '../schemas/errors.ts';
import { topics } from '../schemas/index.ts';
import { checked, type Topology, topicsOf } from '../streams/engine/topology.ts';

/** What the function of a topology file is given. */
export interface TopologyFileOptions {
  /** Seed of every draw, from `--seed`. @default 1 */
  readonly seed: number;
}

/** The default export of a topology file. */
export type TopologyFile =
  | Topology
  | ((options: TopologyFileOptions) => Topology | Promise<Topology>);

/** The steps of a topology file. */
export interface OwnSteps {
  readonly topology: Topology;
  /**
   * A topology with the steps of both.
   * @throws MillraceError `topology-invalid` if they share a name
   */
  beside(main: Topology): Topology;
}

/**
 * The steps of the file that is named; none without a file.
 * @throws MillraceError `topology-file-unusable`, `topology-invalid`
 */
export async function ownSteps(
  file: string | undefined,
  { seed }: TopologyFileOptions,
): Promise<OwnSteps> {
  if (file === undefined) {
    return { topology: { stages: [], enrichers: [] }, beside: (main) => main };
  }
  const topology = await loadTopology(file, { seed });
  return { topology, beside: (main) => both(main, topology, file) };
}

/**
 * The topology that a file exports as its default, or that the function there returns.
 * @param file a module; TypeScript too, where it is not under node_modules
 * @throws MillraceError `topology-file-unusable`, `topology-invalid`
 */
async function loadTopology(file: string, options: TopologyFileOptions): Promise<Topology> {
  const path = resolve(file);
  if (!existsSync(path)) throw unusable(file, 'It does not exist.');
  importMillraceAsHere();
  const { default: made } = await attempt(file, () => import(pathToFileURL(path).href));
  if (made === undefined) throw unusable(file, 'It has no default export.');
  const topology = typeof made === 'function' ? await attempt(file, () => made(options)) : made;
  if (!isTopology(topology)) {
    throw unusable(file, 'Its default export gives no topology: { stages: […], enrichers: […] }.');
  }
  return checked(topology);
}

/** @param file path of the file that the second topology is from, for the error */
function both(main: Topology, own: Topology, file: string): Topology {
  const names = new Set([...main.stages, ...main.enrichers].map(({ name }) => name));
  const step = [...own.stages, ...own.enrichers].find(({ name }) => names.has(name));
  if (step) throw taken(`A step of ${file} is called ${step.name}, as one of Millrace is.`);
  const declared = new Map(topics.map((topic) => [topic.name as string, topic]));
  const topic = topicsOf(own).find((one) => (declared.get(one.name) ?? one) !== one);
  if (topic) throw taken(`${file} defines a topic ${topic.name}, which Millrace has already.`);
  return checked({
    stages: [...main.stages, ...own.stages],
    enrichers: [...main.enrichers, ...own.enrichers],
  });
}

let hooked = false;

/**
 * Lets imports of `millrace/…` give the Millrace that runs, wherever the importing file lies, since
 * topics are compared as objects.
 */
function importMillraceAsHere(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.startsWith('millrace/')) return next(specifier, context);
      const conditions = [...context.conditions, ...(compiled ? [] : ['millrace-source'])];
      return next(specifier, { ...context, conditions, parentURL: import.meta.url });
    },
  });
}

async function attempt<T>(file: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    throw unusable(
      file,
      cause instanceof Error ? (cause.stack ?? cause.message) : `${cause}`,
      cause,
    );
  }
}

function isTopology(value: unknown): value is Topology {
  const { stages, enrichers } = (value ?? {}) as Partial<Record<keyof Topology, unknown>>;
  return [stages, enrichers].every(
    (steps) =>
      Array.isArray(steps) &&
      steps.every((step) => typeof step?.create === 'function' && step.name),
  );
}

function unusable(file: string, why: string, cause?: unknown): MillraceError {
  return new MillraceError({
    code: 'topology-file-unusable',
    what: `The topology file ${file} cannot be used.`,
    why,
    todo: 'Export a Topology of `millrace/engine` as its default, or a function that returns one.',
    cause,
  });
}

function taken(what: string): MillraceError {
  return new MillraceError({
    code: 'topology-invalid',
    what,
    why: 'One name stands for one step, and for one topic.',
    todo: 'Give it another name; a topic of Millrace is imported from `millrace/topics`.',
  });
}
