// millrace.yaml: where it is, what it says, and on which line it says it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { MillraceError } from '../../schemas/errors.ts';
import type { Path } from './leaves.ts';

const FILE_NAME = 'millrace.yaml';

export interface ConfigFile {
  /** Name of the file, as people write it. */
  readonly name: string;
  /** Folder from which relative paths in the file count. */
  readonly folder: string;
  /** The values in the file; settings without a value are absent. */
  readonly values: Readonly<Record<string, unknown>>;
  /**
   * Line of a setting, from 1; for one that is not in the file, the line of the nearest setting
   * around it.
   */
  lineOf(path: Path): number | undefined;
}

/**
 * Finds the file that was named, else millrace.yaml in the folder, else none.
 * @throws MillraceError `config-invalid`
 */
export function findFile(named: string | undefined, folder: string): ConfigFile | undefined {
  if (named !== undefined) return readFile(resolve(folder, named), named);
  const path = join(folder, FILE_NAME);
  return existsSync(path) ? readFile(path, FILE_NAME) : undefined;
}

function readFile(path: string, name: string): ConfigFile {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MillraceError({
      code: 'config-invalid',
      what: `The configuration file ${name} cannot be read.`,
      why: (cause as Error).message,
      todo: 'Name a file that is there with --config or MILLRACE_CONFIG, or none.',
      cause,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return `line ${line}, column ${col}: ${message}`;
  });
  let values: unknown = null;
  try {
    values = broken.length > 0 ? null : withoutNull(document.toJS());
    if (!isRecord(values ?? {})) broken.push('settings by name are wanted');
  } catch (error) {
    broken.push((error as Error).message); // more aliases than any configuration needs
  }
  if (broken.length > 0) {
    throw new MillraceError({
      code: 'config-invalid',
      what: `The configuration file ${name} is no YAML that can be used.`,
      why: broken.join('\n  '),
      todo: 'Correct it; docs/configuration.md lists every setting, millrace.example.yaml shows some.',
    });
  }
  return {
    name,
    folder: dirname(path),
    values: (values ?? {}) as Record<string, unknown>,
    lineOf(at) {
      for (let length = at.length; length > 0; length--) {
        const start = keyStart(document, at.slice(0, length));
        if (start !== undefined) return lines.linePos(start).line;
      }
      return undefined;
    },
  };
}

/** Offset of a setting's name, or of an element of a list. */
function keyStart(document: ReturnType<typeof parseDocument>, path: Path): number | undefined {
  const holder = document.getIn(path.slice(0, -1), true) as
    | { items?: readonly unknown[] }
    | undefined;
  const last = path.at(-1);
  for (const pair of holder?.items ?? []) {
    const { key } = pair as { key?: unknown };
    const named = isNode(key) && 'value' in key ? key : undefined;
    if (named && String(named.value) === String(last)) return named.range?.[0];
  }
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The values without those that are null: a name without a value sets nothing, for instance if
 * everything under it is commented out.
 */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNull(one)]])),
  );
}
