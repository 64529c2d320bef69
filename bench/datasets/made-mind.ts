// A log in the format of MIND, as large as is asked for: its pages, users, news and lengths are those of the large
// training split, its ids are drawn.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Random } from '../../models/random.ts';

/** Pages, users and news of MINDlarge_train (Wu et al. 2020), and the usual lengths of its lists. */
export const whole = { pages: 2_232_748, users: 711_222, news: 101_527 } as const;
const HISTORY = 32;
const SHOWN = 37;

/** Writes `behaviors.tsv` and `news.tsv`. */
export async function makeMind(folder: string, pages: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const random = new Random(20_191_109);
  const news = () => `N${1 + random.below(whole.news)}`;
  const users = Math.max(1, Math.round((whole.users * pages) / whole.pages));
  const list = (length: number, one: () => string) => Array.from({ length }, one).join(' ');
  const file = createWriteStream(join(folder, 'behaviors.tsv'));
  for (let page = 1; page <= pages; page++) {
    const history = list(random.below(2 * HISTORY), news);
    const clicked = random.below(SHOWN);
    let at = 0;
    const shown = list(SHOWN, () => `${news()}-${at++ === clicked ? 1 : 0}`);
    const minute = String(random.below(60)).padStart(2, '0');
    const half = random.below(2) === 0 ? 'AM' : 'PM';
    const time = `11/${9 + random.below(6)}/2019 ${1 + random.below(12)}:${minute}:${minute} ${half}`;
    const line = `${page}\tU${1 + random.below(users)}\t${time}\t${history}\t${shown}\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  const titles = Array.from({ length: whole.news }, (_, n) => {
    return `N${n + 1}\tnews\tworld\tTitle ${n + 1}\tAbstract\thttp://example.org\t[]\t[]\n`;
  });
  await writeFile(join(folder, 'news.tsv'), titles.join(''));
}
