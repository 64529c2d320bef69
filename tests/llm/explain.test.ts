// Reasons: what may be said, what is chosen, and what is taken out.
import { describe, expect, it } from '@jest/globals';
import { checkClaims } from '../../models/llm/explain/claims.ts';
import { draftsOf, plainReason } from '../../models/llm/explain/drafts.ts';
import { Explainer } from '../../models/llm/explain/explain.ts';
import { factsOf, spokenTitle } from '../../models/llm/explain/facts.ts';
import { ReasonPmi } from '../../models/llm/explain/reason-pmi.ts';
import type { Generation } from '../../models/llm/port.ts';
import type { Item } from '../../schemas/topics/items.ts';
import { fakeModel } from '../support/fake-model.ts';

const film = (itemId: string, title: string, groups: string[], year?: string): Item => ({
  itemId,
  at: 0,
  title,
  text: title,
  groups,
  attributes: year === undefined ? {} : { year },
});

const heat = film('heat', 'Heat (1995)', ['Action', 'Crime', '1990s'], '1995');
const casino = film('casino', 'Casino (1995)', ['Crime', 'Drama', '1990s'], '1995');
const babe = film('babe', 'Babe (1995)', ['Children', 'Drama', '1990s'], '1995');
const suspects = film('us', 'Usual Suspects, The (1995)', ['Crime', '1990s'], '1995');
const vocabulary = ['Action', 'Crime', 'Drama', 'Children', 'Animation', 'Sci-Fi', 'War', '1990s'];

describe('the facts', () => {
  it('are the liked items most like the item, by vectors and by groups', () => {
    // Jaccard with Heat: Casino 2/4, Babe 1/5, The Usual Suspects 2/3.
    const facts = factsOf(heat, [casino, babe, suspects]);
    expect(facts.cited.map(({ itemId }) => itemId)).toEqual(['us', 'casino']);
    expect(facts.cited[0]!.shared).toEqual(['Crime', '1990s']);
    expect(facts.likedGroups).toEqual(['1990s', 'Crime']);
    // 0.5 + 0.9 against 0.667 − 0.1.
    const near = factsOf(heat, [casino, babe, suspects], (_, id) => (id === 'casino' ? 0.9 : -0.1));
    expect(near.cited.map(({ itemId }) => itemId)).toEqual(['casino', 'us']);
  });

  it('never are the item itself, nor one with nothing in common', () => {
    const alien = film('alien', 'Alien (1979)', ['Sci-Fi']);
    expect(factsOf(heat, [heat, alien]).cited).toEqual([]);
    expect(factsOf(heat, [alien], () => 0.2).cited).toHaveLength(1);
    expect(factsOf(heat, [alien], () => -0.2).cited).toEqual([]);
  });

  it('pass the gate of the role first, and what is masked is counted', () => {
    const told = film('t', 'Write to ann@example.org (1995)', ['Drama']);
    const { title, liked, masked } = factsOf(told, [{ ...told, itemId: 'o' }]);
    expect([title, liked[0]!.title]).toEqual([
      'Write to [email] (1995)',
      'Write to [email] (1995)',
    ]);
    expect(masked).toEqual({ email: 2 });
  });

  it('say a title as it is said', () => {
    expect(spokenTitle('Usual Suspects, The (1995)')).toBe('The Usual Suspects (1995)');
    expect(spokenTitle('Wizard of Oz, The')).toBe('The Wizard of Oz');
    expect(spokenTitle('Good, the Bad and the Ugly, The (1966)')).toBe(
      'The Good, the Bad and the Ugly (1966)',
    );
    expect(spokenTitle('Theory of Flight, The Big (1998)')).toBe(
      'Theory of Flight, The Big (1998)',
    );
  });
});

describe('the drafts', () => {
  it('say what the facts say, with the fields', () => {
    const drafts = draftsOf(factsOf(heat, [casino, suspects]));
    expect(drafts.map(({ text }) => text)).toEqual([
      'You liked The Usual Suspects (1995); this movie shares Crime and 1990s with it.',
      'You liked Casino (1995); this movie shares Crime and 1990s with it.',
      'You liked The Usual Suspects (1995) and Casino (1995); this movie shares Crime and 1990s with them.',
      'You liked Crime and 1990s before; this movie has that too.',
    ]);
    expect(drafts[2]).toMatchObject({
      citedItems: ['us', 'casino'],
      citedGroups: ['Crime', '1990s'],
    });
  });

  it('make nothing up for somebody unknown', () => {
    const { text, citedItems, citedGroups } = plainReason(factsOf(heat, []));
    expect(text).toBe('It is Action, Crime and 1990s; nothing you liked is known to be like it.');
    expect([citedItems, citedGroups]).toEqual([[], ['Action', 'Crime', '1990s']]);
    // Without a group an attribute is named, without that only what sort of item it is.
    const bare = { ...factsOf(heat, []), groups: [], attributes: [] };
    const long = plainReason({ ...bare, attributes: ['length=170 min'] });
    expect([long.text, long.citedAttributes]).toEqual([
      'Its length is 170 min; nothing you liked is known to be like it.',
      ['length=170 min'],
    ]);
    expect(plainReason(bare)).toMatchObject({
      text: 'It is a movie; nothing you liked is known to be like it.',
      citedItems: [],
      citedGroups: [],
      citedAttributes: [],
    });
  });

  it('pass their own check', () => {
    for (const liked of [[casino, suspects], [babe], []]) {
      const facts = factsOf(heat, liked);
      for (const draft of draftsOf(facts)) {
        expect(checkClaims(draft.text, facts, vocabulary)).toMatchObject({ ...draft, removed: [] });
      }
    }
  });
});

describe('the check of claims', () => {
  const facts = factsOf(heat, [casino, suspects]);
  const check = (text: string) => checkClaims(text, facts, vocabulary);

  it('keeps what the record and the history bear out, and says what it leans on', () => {
    const text = 'Like "The Usual Suspects", Heat is a Crime movie of 1995.';
    expect(check(text)).toEqual({
      text: 'Like The Usual Suspects, Heat is a Crime movie of 1995.',
      citedItems: ['us'],
      citedGroups: ['Crime'],
      citedAttributes: ['year=1995'],
      removed: [],
      empty: 0,
    });
  });

  it.each([
    ['name', 'Heat has Al Pacino in it.', 'Al Pacino'],
    ['name', 'Tom Hanks plays in this Crime movie.', 'Hanks'],
    ['title', 'You liked Casino and "the godfather".', 'the godfather'],
    ['name', 'You liked Casino and Goodfellas.', 'Goodfellas'],
    ['group', 'Heat is an animated Crime movie.', 'Animation'],
    ['group', 'Heat is sci-fi of 1995.', 'Sci-Fi'],
    ['number', 'Heat came out in 1997.', '1997'],
    ['number', 'Heat has seven Crime scenes.', 'seven'],
    ['group', 'Heat is a drama of Crime.', 'Drama'],
    ['relation', 'Heat is based on Casino.', 'based on'],
    ['relation', 'Heat won many prizes.', 'won'],
  ])('takes out a false %s: %s', (kind, text, words) => {
    const { text: left, removed } = check(`${text} It shares Crime with Casino.`);
    expect(removed).toEqual([{ kind, words }]);
    expect(left).toBe('It shares Crime with Casino.');
  });

  it('lets a group stand that only the history has, and a word that begins otherwise', () => {
    expect(check('You liked Drama, and Heat is Crime in a warm town.').removed).toEqual([]);
  });

  it('leaves out what tells nothing, and what was said', () => {
    const { text, empty, removed } = check('It is great. Heat is Crime. Heat is crime.');
    expect([text, empty, removed]).toEqual(['Heat is Crime.', 2, []]);
  });

  it('counts the titles that a number counts', () => {
    expect(check('The two movies Casino and The Usual Suspects are Crime.').removed).toEqual([]);
  });
});

/** Likelihood by the words of the prefix: what the title is likelier after. */
const scoring = (bonus: Record<string, number>) =>
  fakeModel({
    score: async (prefix, texts) =>
      texts.map(() =>
        Object.entries(bonus).reduce(
          (sum, [w, more]) => sum + (prefix.includes(w) ? more : 0),
          -20,
        ),
      ),
  });

describe('the PMI of a reason', () => {
  it('is the title after the reason against the title alone, the title not in the reason', async () => {
    const prefixes: string[] = [];
    const model = fakeModel({
      score: async (prefix) => {
        prefixes.push(prefix);
        return [prefix.startsWith('You will') ? -20 : -17.5];
      },
    });
    const pmi = new ReasonPmi(model);
    const facts = factsOf(heat, [casino]);
    expect(await pmi.pmi('Heat (1995) is Crime, and Heat it is.', facts)).toBe(2.5);
    await pmi.pmi('You liked Casino.', facts);
    expect(prefixes).toEqual([
      'You will like the movie',
      'this movie is Crime, and this movie it is. You will like the movie',
      'You liked Casino. You will like the movie',
    ]);
  });
});

const said = (text: string, ended = true): Generation => ({
  text,
  promptTokens: 9,
  tokens: [1, 2, 3],
  logProbs: [0, 0, 0],
  ended,
});

describe('the explainer', () => {
  const facts = factsOf(heat, [casino, suspects]);

  it('chooses the sentence after which the title is likeliest', async () => {
    const explainer = new Explainer(scoring({ Casino: 3, Suspects: -1 }), { prose: false });
    const reason = await explainer.explain(facts, vocabulary);
    expect(reason.text).toMatch(/^You liked Casino \(1995\); /);
    expect(reason).toMatchObject({ score: 3, prose: 'plain', tokens: 0, citedItems: ['casino'] });
  });

  it.each<[string, string[], string, string[], number]>([
    ['first', [' is a Crime movie like The Usual Suspects.'], 'first', [], 3],
    [
      'second, once the first was false',
      [' has Al Pacino.', ' is Action, too.'],
      'second',
      ['Al Pacino'],
      6,
    ],
    [
      'chosen one alone, after two false',
      [' has Al Pacino.', ' won.'],
      'plain',
      ['Al Pacino', 'won'],
      6,
    ],
    ['chosen one alone, after nothing', ['', ' is great'], 'plain', [], 6],
  ])('keeps the %s', async (_, answers, prose, removed, tokens) => {
    const left = [...answers];
    const asked: unknown[] = [];
    const model = {
      ...scoring({ Casino: 3, Suspects: -1 }),
      generate: async (prompt: unknown, { temperature = 0 }) => {
        asked.push([prompt, temperature]);
        return said(left.shift()!);
      },
    };
    const reason = await new Explainer(model).explain(facts, vocabulary);
    expect(reason).toMatchObject({ prose, tokens });
    expect(reason.removed.map(({ words }) => words)).toEqual(removed);
    expect(reason.text).not.toMatch(/Pacino|won|great/);
    expect(reason.text.startsWith('You liked Casino (1995); this movie shares')).toBe(true);
    expect(asked.map((one) => (one as [unknown, number])[1])).toEqual(
      prose === 'first' ? [0] : [0, 0.7],
    );
    expect(checkClaims(reason.text, facts, vocabulary).removed).toEqual([]);
  });

  it('drops a sentence that the bound cut off', async () => {
    const model = {
      ...scoring({}),
      generate: async () => said(' is Action. It is Crime and also the', false),
    };
    const { text } = await new Explainer(model).explain(facts, vocabulary);
    expect(text).toMatch(/ It is Action\.$/);
  });
});
