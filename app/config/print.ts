// The configuration as it is shown: without secrets, each value with its source.
import { grid } from '../grid.ts';
import { at } from './layers.ts';
import type { Leaf, Path } from './leaves.ts';
import { leaves, type Settings } from './read.ts';

/** A copy fit for logs and screens: secrets are replaced, also those inside addresses. */
export function redacted<T>(config: T): T {
  const secret = new Set(leaves.filter((one) => one.secret).map(({ keys }) => keys.at(-1)));
  return JSON.parse(
    JSON.stringify(config, (key, value: unknown) => {
      if (secret.has(key) && value) return '***';
      if (typeof value !== 'string') return value;
      return value
        .replace(/(\w+:\/\/)[^/@\s]*@/g, '$1***@')
        .replace(/([?&][^=&]*(?:pass|token|secret|key)[^=&]*=)[^&]*/gi, '$1***');
    }),
  );
}

/** A line for each setting: path, value, source. */
export function settingsText({ config, file, sourceOf }: Settings): string {
  const shown = redacted(config);
  const rows = leaves.flatMap((leaf) =>
    placesOf(leaf, shown).flatMap((path): string[][] => {
      const value = at(shown, path);
      if (value === undefined && leaf.unset === undefined) return [];
      const source = sourceOf(path);
      return [
        [
          path.join('.'),
          written(value, leaf),
          source ? `${source.kind} ${source.name}` : 'default',
        ],
      ];
    }),
  );
  const from = file ? `File: ${file.name}` : 'There is no millrace.yaml here.';
  return [from, '', grid(['setting', 'value', 'source'], rows, 'left')].join('\n');
}

/** Where a setting is: once, or once in each element of its list. */
function placesOf({ keys }: Leaf, config: unknown): Path[] {
  return keys.reduce<Path[]>(
    (paths, key) => {
      if (!key.endsWith('[]')) return paths.map((path) => [...path, key]);
      return paths.flatMap((path) => {
        const list = [...path, key.slice(0, -2)];
        return ((at(config, list) ?? []) as unknown[]).map((_, i) => [...list, i]);
      });
    },
    [[]],
  );
}

function written(value: unknown, { unset }: Leaf): string {
  if (value === undefined || value === '') return `(${(unset ?? 'empty').replaceAll('`', '')})`;
  if (!Array.isArray(value))
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (value.length === 0) return '(none)';
  return typeof value[0] === 'object' ? `${value.length}` : value.join(', ');
}
