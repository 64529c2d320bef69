// Reasons to be given for suggestions, from a log: what a user liked, and the film they liked next. Users
// to learn from and users to judge by are different ones.
import { join } from 'node:path';
import { LIKED, movielens } from '../../datasets/movielens.ts';
import type { Task } from '../../infra/llama/tuner.ts';
import { reasonMarks, reasonPrompt } from '../../models/llm/reasons.ts';
import { Random, shuffled } from '../../models/random.ts';
import type { Item } from '../../schemas/topics/items.ts';

/** Number of liked titles in a prompt. */
const HISTORY = 3;

/** @param count number of tasks to learn from and of tasks to judge by, one a user */
export async function reasonTasks(
  folder: string,
  scratch: string,
  count: { readonly training: number; readonly heldOut: number },
  seed: number,
): Promise<{ training: Task[]; heldOut: Task[] }> {
  const items = new Map<string, Item>();
  for await (const item of movielens.items(folder)) items.set(item.itemId, item);
  const genresOf = (item: Item) => item.groups.filter((group) => !/^\d{4}s$/.test(group));
  const known = new Set([...items.values()].flatMap(genresOf));
  const liked = new Map<string, Item[]>();
  await using log = await movielens.openRows(folder, { scratch: join(scratch, 'rows') });
  for await (const batch of log.rows()) {
    for (const { userId, itemId, value } of batch) {
      const item = items.get(itemId);
      if (value < LIKED || !item || genresOf(item).length === 0) continue;
      const mine = liked.get(userId);
      if (mine) mine.push(item);
      else liked.set(userId, [item]);
    }
  }
  const random = new Random(seed);
  const users = [...liked.values()].filter((films) => films.length > HISTORY);
  const tasks = shuffled(users, random).map((films): Task => {
    const at = HISTORY + random.below(films.length - HISTORY);
    const item = films[at]!;
    const history = films.slice(at - HISTORY, at).map(({ title }) => title);
    const task = { liked: history, title: item.title, groups: genresOf(item) };
    return {
      prompt: reasonPrompt(task),
      reward: ({ text, ended }) => reasonMarks(task, text, ended, known).reward,
    };
  });
  const { training, heldOut } = count;
  return { heldOut: tasks.slice(0, heldOut), training: tasks.slice(heldOut, heldOut + training) };
}
