// Which application serves a data directory, where it is none that the configuration describes: the demo
// leaves what it serves, so that `experiment` and `rebuild` look at what ran there.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Layer } from './config/layers.ts';
import type { Config } from './config/read.ts';

const fileOf = ({ dataDir }: Pick<Config, 'dataDir'>) => join(dataDir, 'run', 'application.json');

/**
 * Notes which application serves the data directory. Only the holder of its lock may call this.
 * @param layer settings of the application; undefined if there are none beside the configuration
 */
export function writeServed(config: Pick<Config, 'dataDir'>, layer: Layer | undefined): void {
  const file = fileOf(config);
  if (!layer) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(layer));
}

/**
 * Settings of the application that served last, over the configuration; undefined if there are
 * none.
 */
export function readServed(config: Pick<Config, 'dataDir'>): Layer | undefined {
  const file = fileOf(config);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Layer) : undefined;
}
