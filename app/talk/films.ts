// What MovieLens knows of films, for dialogues: groups, years and likes, by titles as people say them.
import { join } from 'node:path';
import { LIKED, movielens } from '../../datasets/movielens.ts';
import { Knowledge } from '../../models/dialogue/ranker/knowledge.ts';
import { spokenTitle, Titles, titleOf } from '../../models/dialogue/titles.ts';
import { sampleFolder } from '../sample.ts';

export interface Films {
  readonly knowledge: Knowledge;
  /** The id of a name: that of the film it is linked to, or the name itself. */
  readonly idOf: (name: string) => string;
}

/** Fewest likes of a film of MovieLens that may be recommended though no dialogue names it. */
const FEWEST_LIKES = 3;

/** Reads the shipped sample of MovieLens. */
export async function readFilms(scratch: string): Promise<Films> {
  const folder = sampleFolder('movielens');
  const likes = new Map<string, string[]>();
  const counts = new Map<string, number>();
  await using log = await movielens.openRows(folder, { scratch: join(scratch, 'films') });
  for await (const rows of log.rows()) {
    for (const { userId, itemId, value } of rows) {
      if (value < LIKED) continue;
      const liked = likes.get(userId) ?? [];
      liked.push(itemId);
      likes.set(userId, liked);
      counts.set(itemId, (counts.get(itemId) ?? 0) + 1);
    }
  }
  const [knowledge, titles] = [new Knowledge(), new Titles()];
  const names = new Map<string, string>();
  for await (const { itemId, title, groups } of movielens.items(folder)) {
    const weight = counts.get(itemId) ?? 0;
    const name = spokenTitle(title);
    titles.add(name, title, weight);
    names.set(itemId, name);
    if (weight >= FEWEST_LIKES) knowledge.add({ itemId: name, title: name, groups });
  }
  for (const items of likes.values()) {
    const known = items.map((itemId) => knowledge.items.find(names.get(itemId)!));
    knowledge.likedTogether(known.filter((item) => item >= 0));
  }
  const ids = new Map<string, string>();
  const link = (name: string) => {
    if (knowledge.items.find(name) >= 0) return name;
    const { names, year } = titleOf(name);
    const found = titles.link(names[0]!, year);
    return found?.kind === 'exact' ? found.itemId : name;
  };
  return {
    knowledge,
    idOf(name) {
      const known = ids.get(name) ?? link(name);
      ids.set(name, known);
      return known;
    },
  };
}
