// A dialogue on the shipped films, as a user of `millrace talk` has it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { movielensSample } from '../../app/sample.ts';
import { openTalk, type Talk } from '../../app/talk/open.ts';
import { movielens } from '../../datasets/movielens.ts';
import { spokenTitle } from '../../models/dialogue/titles.ts';
import { collect } from '../support/log-checks.ts';

const folder = join(import.meta.dirname, 'transcripts');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
let talk: Talk;
let groupsOf: Map<string, readonly string[]>;

beforeAll(async () => {
  talk = await openTalk('movielens');
  const films = await collect(movielens.items(movielensSample));
  groupsOf = new Map(films.map(({ title, groups }) => [spokenTitle(title), groups]));
});

/** The dialogue of some lines, as `millrace talk` prints it. */
function transcriptOf(lines: readonly string[]): string {
  const manager = talk.begin();
  return lines.map((line) => `you: ${line}\nmillrace: ${manager.answer(line).text}\n`).join('');
}

describe('millrace talk', () => {
  it('has the dialogue of the transcript', () => {
    const lines = read('films.txt').trim().split('\n');
    expect(transcriptOf(lines)).toBe(read('films.transcript.txt'));
  });

  it('recommends what was not named, never what was refused, and nothing twice', () => {
    const manager = talk.begin({ questions: 0, k: 10 });
    const said = ['I loved The Shining and Alien, but no horror now', 'more', 'more', 'and more'];
    const shown = said.flatMap((line) => manager.answer(line).items);
    expect(shown).toHaveLength(40);
    expect(new Set(shown).size).toBe(40);
    expect(shown).not.toContain('The Shining (1980)');
    expect(shown).not.toContain('Alien (1979)');
    expect(shown.filter((title) => groupsOf.get(title)!.includes('Horror'))).toEqual([]);
    // Left to itself it would: who liked these likes others of the kind.
    const free = talk.begin({ questions: 0, k: 10 });
    const without = free.answer('I loved The Shining and Alien').items;
    expect(without.some((title) => groupsOf.get(title)!.includes('Horror'))).toBe(true);
  });

  it('says why by what was said', () => {
    const manager = talk.begin({ questions: 0 });
    const first = manager.answer('I loved Toy Story, and want a comedy');
    expect(first).toMatchObject({ act: 'recommend', wishes: { wanted: ['Comedy'] } });
    expect(groupsOf.get(first.items[0]!)).toContain('Comedy');
    const why = manager.answer('why?');
    expect(why).toMatchObject({ act: 'explain', items: first.items });
    expect(why.text).toMatch(/people who liked Toy Story \(1995\) like it|it is comedy/);
  });

  it('asks one question where little is known, and takes the answer', () => {
    const manager = talk.begin({ questions: 1 });
    const asked = manager.answer('Hello, I am looking for a film');
    expect(asked.act).toBe('ask');
    const told = manager.answer(asked.groups[0]!);
    expect(told).toMatchObject({ act: 'recommend', wishes: { wanted: [asked.groups[0]] } });
    for (const title of told.items) expect(groupsOf.get(title)).toContain(asked.groups[0]);
  });

  it('refuses data that it cannot talk about', async () => {
    await expect(openTalk('taobao')).rejects.toMatchObject({ code: 'talk-data-unknown' });
    await expect(openTalk('redial')).rejects.toMatchObject({ code: 'talk-data-unknown' });
  });
});
