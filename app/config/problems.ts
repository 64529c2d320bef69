// Says what is wrong with a configuration, by the names under which the settings were given.
import type { z } from 'zod';
import { MillraceError } from '../../schemas/errors.ts';
import type { Layered } from './layers.ts';
import { elementOf, inner, type Leaf, type Path, shapeOf } from './leaves.ts';
import { nearest } from './nearest.ts';
import { schema } from './schema.ts';

export interface Problem {
  readonly path: Path;
  readonly message: string;
}

/** Names that somebody might look for, with the reason why there is no such setting. */
const refused: Readonly<Record<string, string>> = Object.fromEntries(
  ['simulate', 'simulator', 'simulation'].map((key) => [
    key,
    "simulated feedback is the demo's alone: it never goes to a topic that people's feedback comes by",
  ]),
);

export function problemsOf({ issues }: z.ZodError, leaves: readonly Leaf[]): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = issue.path as Path;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: unknown(path, key, leaves),
      }));
    }
    const message =
      issue.code === 'invalid_type' && issue.expected === 'object'
        ? 'settings by name are wanted'
        : issue.message;
    return [{ path, message }];
  });
}

function unknown(path: Path, key: string, leaves: readonly Leaf[]): string {
  if (refused[key]) return refused[key];
  const siblings = Object.keys(shapeOf(schemaAt(path)) ?? {});
  const elsewhere = leaves.find(({ keys, env }) => env && keys.at(-1) === key)?.path;
  const near = nearest(key, siblings) ?? elsewhere;
  return near
    ? `there is no such setting; is ${near} meant?`
    : `there is no such setting; there are ${siblings.join(', ')}`;
}

function schemaAt(path: Path): z.ZodType {
  return path.reduce<z.ZodType>((found, key) => {
    const child = typeof key === 'number' ? elementOf(found) : shapeOf(found)?.[key];
    return inner(child ?? found);
  }, schema);
}

/**
 * One problem in words: `variants.1.policy: … (millrace.yaml:12)`, `KAFKA_BROKERS: …`, `--port: …`.
 */
function said({ path, message }: Problem, layers: Layered, leaves: readonly Leaf[]): string {
  const name = path.join('.');
  const leaf = leaves.find(({ keys }) => keys.join('.') === name);
  const source = layers.sourceNear(path);
  if (!source) return `${name}${leaf?.env ? ` (${leaf.env})` : ''}: ${message}`;
  if (source.kind === 'file' || source.kind === 'application') {
    return `${name || 'the file'}: ${message} (${source.name})`;
  }
  return leaf ? `${source.name}: ${message}` : `${source.name} (${name}): ${message}`;
}

export function invalid(
  problems: readonly Problem[],
  layers: Layered,
  leaves: readonly Leaf[],
): MillraceError {
  return new MillraceError({
    code: 'config-invalid',
    what: problems.length === 1 ? 'A setting cannot be used.' : 'Some settings cannot be used.',
    why: problems.map((one) => said(one, layers, leaves)).join('\n  '),
    todo: 'Correct it in the file, the environment or on the command line; docs/configuration.md lists all.',
  });
}
