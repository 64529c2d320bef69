// The ratings of MovieLens, its most rated films, and their vectors by the language model.
import { join } from 'node:path';
import { LIKED, movielens } from '../../datasets/movielens.ts';
import { roleModel } from '../../infra/embedded/role-model.ts';
import { openLlamaProcess } from '../../infra/llama/process.ts';
import { VectorFile } from '../../infra/llama/vector-file.ts';
import type { Space } from '../../models/evaluation/head-lessons.ts';
import { mostRated, type Rated } from '../../models/evaluation/next-liked.ts';
import { Basis } from '../../models/llm/basis.ts';
import type { LanguageModel } from '../../models/llm/port.ts';
import { ITEM_PROMPT, itemPrompt } from '../../models/llm/roles/representer.ts';
import type { Role } from '../../models/llm/roles.ts';
import type { Item } from '../../schemas/topics/items.ts';
import type { Judged } from '../protocol.ts';
import { withScratch } from '../scratch.ts';

/** Number of films that are candidates. */
export const CATALOGUE = 1500;
/** Number of vectors that the basis is fitted on, those of the most rated films. */
const FITTED = 500;

export interface Film extends Item {
  /** Number of ratings of the film in the log. */
  readonly count: number;
}

/** A rating with its stars. */
export interface Row extends Rated {
  readonly value: number;
}

export interface Films {
  /** All ratings, in order of time. */
  readonly ratings: readonly Row[];
  /** The most rated films, the most rated first. */
  readonly films: ReadonlyMap<string, Film>;
}

export async function readFilms(folder: string): Promise<Films> {
  const items = new Map<string, Item>();
  for await (const item of movielens.items(folder)) items.set(item.itemId, item);
  const ratings: Row[] = [];
  await withScratch(async (scratch) => {
    await using log = await movielens.openRows(folder, { scratch: join(scratch, 'rows') });
    for await (const batch of log.rows()) {
      for (const { userId, itemId, at, value } of batch) {
        if (items.has(itemId)) ratings.push({ userId, itemId, at, value, liked: value >= LIKED });
      }
    }
  });
  const films = mostRated(ratings, CATALOGUE).map((itemId): [string, Film] => {
    const count = ratings.reduce((sum, row) => sum + (row.itemId === itemId ? 1 : 0), 0);
    return [itemId, { ...items.get(itemId)!, count }];
  });
  return { ratings, films: new Map(films) };
}

/** The model of a role, as `millrace` would open it. */
export async function openRole(
  config: Judged['config'],
  role: Role,
  progress: Judged['progress'],
): Promise<LanguageModel> {
  const model = await roleModel(role, config, progress);
  return openLlamaProcess({ model, gpu: 'auto' });
}

/** What the films' vectors took, for the table of the roles. */
export interface Represented extends Space {
  /** Time of a film's vector, ms; NaN if all were there already. */
  readonly embedMs: number;
}

/** Makes the films' vectors; those kept in the folder of parts are not made again. */
export async function representFilms(
  { films }: Films,
  config: Judged['config'],
  { signal, progress }: Pick<Judged, 'signal' | 'progress'>,
): Promise<Represented> {
  await using model = await openRole(config, 'representer', progress);
  const file = await VectorFile.open(join(config.partsDir, 'vectors'), model);
  const vectors = new Map<string, Float32Array>();
  const begun = performance.now();
  for (const [itemId, { text }] of films) {
    signal.throwIfAborted();
    vectors.set(itemId, await file.vector(ITEM_PROMPT, itemPrompt(text)));
    if (file.asked > 0 && file.asked % 100 === 0) progress(`${vectors.size} films have a vector`);
  }
  const embedMs = file.asked > 0 ? (performance.now() - begun) / file.asked : Number.NaN;
  const basis = Basis.fit([...vectors.values()].slice(0, FITTED));
  progress(`${vectors.size} vectors of ${model.name}, ${basis.width} directions of ${basis.from}`);
  const projected = [...vectors].map(([itemId, vector]): [string, Float32Array] => [
    itemId,
    basis.project(vector),
  ]);
  return { width: basis.width, vectors: new Map(projected), embedMs };
}
