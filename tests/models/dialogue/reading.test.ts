// Reading a turn by rules: what is named, liked, refused and asked.
import { describe, expect, it } from '@jest/globals';
import { Lexicon } from '../../../models/dialogue/reading/lexicon.ts';
import { mentionsIn } from '../../../models/dialogue/reading/mentions.ts';
import { readTurn } from '../../../models/dialogue/reading/reading.ts';

const lexicon = new Lexicon();
for (const [itemId, title, ...groups] of [
  ['matrix', 'Matrix, The (1999)', 'Action', 'Sci-Fi', '1990s'],
  ['it', 'It (2017)', 'Horror'],
  ['up', 'Up (2009)', 'Animation', 'Children'],
  ['inception', 'Inception (2010)', 'Thriller'],
  ['amelie', 'Amélie (Fabuleux destin d’Amélie Poulain, Le) (2001)', 'Romance', 'Comedy'],
  ['spirited', 'Spirited Away (千と千尋の神隠し) (2001)', 'Fantasy'],
  ['good', 'Good, the Bad and the Ugly, The (1966)', 'Western', '1960s'],
  ['war', 'War Horse (2011)', 'War', 'Drama'],
] as const) {
  lexicon.add({ itemId, title, groups });
}

const named = (text: string) => mentionsIn(text, lexicon).map(({ name }) => name);

describe('what a text names', () => {
  it.each([
    ['I loved inception and The Matrix', ['inception', 'matrix']],
    ['an inception of sorts', []],
    ['it is up to you, I want a good one', []],
    ['Have you seen It (2017)?', ['it']],
    ['I saw "Up" with the kids', ['up', 'Children']],
    ['Incpetion was great', []],
    ['I think Incpetion was great', ['inception']],
    ['le fabuleux destin d’amélie poulain', ['amelie']],
    ['千と千尋の神隠しが好き', ['spirited']],
    ['The good, the bad and the ugly', ['good']],
    ['science fiction from the 90s', ['Sci-Fi', '1990s']],
    ['eine Komödie, bitte', ['Comedy']],
    ['something scary', ['Horror']],
    ['War Horse', ['war']],
  ])('%s', (text, names) => expect(named(text)).toEqual(names));
});

describe('a turn', () => {
  const read = (text: string) => readTurn(text, lexicon);

  it.each([
    ['no horror please', [], ['Horror']],
    ['a comedy, no horror', ['Comedy'], ['Horror']],
    ['no horror, war or western', [], ['Horror', 'War', 'Western']],
    ["I don't like horror but I love comedies", ['Comedy'], ['Horror']],
    ['nothing scary', [], ['Horror']],
    ['not only comedy', ['Comedy'], []],
    ['sin terror, por favor', [], ['Horror']],
    ['ohne Horror. Lieber eine Komödie', ['Comedy'], ['Horror']],
    ["I haven't seen a good western", ['Western'], []],
  ])('%s', (text, wanted, avoid) => {
    expect(read(text)).toMatchObject({ wanted, avoid });
  });

  it.each([
    ['I loved The Matrix', { liked: ['matrix'], disliked: [], named: [] }],
    ["I didn't like The Matrix", { liked: [], disliked: ['matrix'], named: [] }],
    ['I hated Inception, but The Matrix was great', { liked: ['matrix'], disliked: ['inception'] }],
    ['I saw Inception yesterday', { named: ['inception'], liked: [] }],
    ["I haven't seen Inception", { named: ['inception'], disliked: [] }],
    ['something like Inception', { liked: ['inception'], disliked: [] }],
  ])('%s', (text, found) => expect(read(text)).toMatchObject(found));

  it.each([
    ['why?', 'why', null],
    ['Why this one', 'why', null],
    ['yes please', 'items', true],
    ['no, thanks', 'nothing', false],
    ['bye', 'nothing', null],
  ])('%s asks for %s, answers %s', (text, asks, answer) => {
    expect(read(text)).toMatchObject({ asks, answer });
  });
});
