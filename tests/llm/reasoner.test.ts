// Readings: what is possible at all, whatever the texts say and whatever the model answers.
import { describe, expect, it } from '@jest/globals';
import type { GenerateOptions, Generation, Prompt } from '../../models/llm/port.ts';
import { Reasoner } from '../../models/llm/reasoner/reasoner.ts';
import { situationOf } from '../../models/llm/reasoner/situation.ts';
import { vocabularyOf } from '../../models/llm/reasoner/vocabulary.ts';
import { moods, toldOf, wantPrompts } from '../../models/llm/roles/reasoner.ts';
import { newUser } from '../../models/user/track.ts';
import { fakeModel } from '../support/fake-model.ts';
import { attempts } from './attempts.ts';

const film = (title: string, ...groups: string[]) => ({ title, groups });
const titled = ['Casino', 'Heat', 'Babe', 'Alien', 'Fargo', 'Clue'];
const grouped = [
  ['Crime', 'Drama'],
  ['Crime', 'Action'],
  ['Comedy'],
  ['Horror'],
  ['Crime'],
  ['Comedy'],
];
const items = titled.map((title, i) => ({ itemId: title, title, groups: grouped[i]! }));
const vocabulary = vocabularyOf(items);
const catalogue = new Set(vocabulary.groups);
const situation = {
  liked: [
    film('Casino', 'Crime', 'Drama'),
    film('Heat', 'Crime', 'Action'),
    film('Fargo', 'Crime'),
  ],
  disliked: [film('Alien', 'Horror')],
};

interface Writing {
  readonly text?: (prompt: string) => string;
  readonly score?: (prefix: string, name: string) => number;
}

/** A model that writes and finds likely what a test says. */
function model({ text = () => '{"mood":"tense","must":["Crime"]}', score = () => -3 }: Writing) {
  const prompts: string[] = [];
  const fake = fakeModel({
    async score(prefix, names) {
      prompts.push(prefix);
      return names.map((name) => score(prefix, name));
    },
    async embed(prompt) {
      prompts.push(prompt);
      return Float32Array.of(prompt.length);
    },
    async generate(prompt: Prompt, options: GenerateOptions): Promise<Generation> {
      const user = typeof prompt === 'string' ? prompt : prompt.user;
      prompts.push(user);
      expect(options.schema).toBeDefined();
      return { text: text(user), promptTokens: 1, tokens: [1, 2], logProbs: [0, 0], ended: true };
    },
  });
  return { fake, prompts };
}

/** Whether a prompt has the whole history, which no history of nobody has. */
const own = (prompt: string) =>
  ['Casino', 'Heat', 'Fargo'].every((title) => prompt.includes(title));

describe('Reasoner', () => {
  it('reads wishes, a mood and conditions from a history', async () => {
    const { fake, prompts } = model({});
    const reading = await new Reasoner(fake).read(situation, vocabulary);
    expect(reading.wanted[0]).toBe('Crime');
    expect(reading.avoid).toEqual(['Horror']);
    expect([reading.mood, reading.constraints, reading.tokens]).toEqual(['tense', ['Crime'], 4]);
    expect(reading.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    // Of three ways to ask none says anything else, and both samples are the same.
    expect(reading.uncertainty).toMatchObject({ orders: 0, samples: 0 });
    expect(reading.uncertainty.overall).toBeCloseTo(reading.uncertainty.entropy / 2, 12);
    expect(prompts.at(-1)).toBe(`The tense movie, genres ${reading.wanted.join(', ')}`);
    expect(reading.vector[0]).toBe(prompts.at(-1)!.length);
  });

  it('follows the likelihood of a name against its likelihood after other histories', async () => {
    const score = (prefix: string, name: string) => (name === ' Drama' && own(prefix) ? 20 : -3);
    const { fake } = model({ score });
    expect((await new Reasoner(fake).read(situation, vocabulary)).wanted[0]).toBe('Drama');
  });

  it('does not keep what the history does not bear out, however likely the model finds it', async () => {
    const score = (prefix: string, name: string) => (name === ' Comedy' && own(prefix) ? 60 : -3);
    const { fake } = model({ score });
    const reading = await new Reasoner(fake).read(situation, vocabulary);
    expect(reading.wanted).not.toContain('Comedy');
    expect(reading.wanted).toContain('Crime');
    expect(reading.faults.unborne).toBeGreaterThan(0);
  });

  it('asks for nothing but what passed the gate', async () => {
    const { fake, prompts } = model({});
    const dialogue = ['I am Ana, 5 High Street, call +44 20 7946 0958'];
    const told = { ...situation, dialogue, known: { names: ['Ana'] } };
    const reading = await new Reasoner(fake).read(told, vocabulary);
    expect(reading.masked).toEqual({ name: 1, address: 1, phone: 1 });
    expect(prompts.some((prompt) => prompt.includes('[name], [address], call [phone]'))).toBe(true);
    for (const prompt of prompts) expect(prompt).not.toMatch(/Ana|High|7946/);
  });

  it('asks about histories of nobody once', async () => {
    const { fake, prompts } = model({});
    const reasoner = new Reasoner(fake);
    await reasoner.read(situation, vocabulary);
    const first = prompts.length;
    await reasoner.read({ ...situation, disliked: [] }, vocabulary);
    expect(prompts.length - first).toBe(first - vocabulary.references.length * 3);
  });

  it('is unsure where samples and readings disagree, and keeps no mood then', async () => {
    let turn = 0;
    const text = () => JSON.stringify({ mood: moods[turn++ % moods.length], must: [] });
    // What the model finds likely depends on how it is asked.
    const score = (prompt: string, name: string) =>
      name === ' Drama' && own(prompt) && prompt.startsWith('Movies') ? 20 : -3;
    const sure = await new Reasoner(model({}).fake).read(situation, vocabulary);
    const unsure = await new Reasoner(model({ text, score }).fake).read(situation, vocabulary);
    expect(unsure.mood).toBe('');
    expect(unsure.faults.unstable).toBe(1);
    expect(unsure.uncertainty.samples).toBe(1);
    const { orders, entropy, overall } = unsure.uncertainty;
    expect(orders).toBeGreaterThan(0);
    expect(overall).toBeCloseTo((entropy + orders) / 2, 12);
    expect(unsure.confidence).toBe(1 - overall);
    expect(unsure.confidence).toBeLessThan(sure.confidence);
  });

  it.each(['', 'null', '{', '[]', '{"mood":7,"must":"Crime"}', 'Drama Drama Drama'])(
    'makes do with an engine that writes %j',
    async (text) => {
      const { fake } = model({ text: () => text });
      const reading = await new Reasoner(fake).read(situation, vocabulary);
      expect([reading.mood, reading.constraints]).toEqual(['', []]);
    },
  );

  it.each(attempts)('stays with the catalogue, told %j', async (attempt) => {
    // A model that does what it is told: it writes what a text asks for, and finds it most likely.
    const text = (prompt: string) =>
      prompt.includes('acked') ? '{"mood":"hacked","must":["Hacked","item-999"]}' : '{}';
    const score = (_: string, name: string) => (name.includes('acked') ? 50 : -3);
    const { fake, prompts } = model({ text, score });
    const liked = [...situation.liked, film(attempt, 'Crime'), film(attempt, 'Crime')];
    const told = { ...situation, liked, dialogue: [attempt, attempt] };
    const reading = await new Reasoner(fake).read(told, vocabulary);
    for (const claims of [reading.wanted, reading.avoid, reading.constraints]) {
      for (const group of claims) expect(catalogue).toContain(group);
    }
    expect(reading.mood).toBe('');
    for (const prompt of prompts) {
      // The line breaks are those of the template.
      expect(prompt.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(prompt.split('\n').length).toBeLessThanOrEqual(3);
      expect(prompt.length).toBeLessThan(2_500);
    }
  });
});

it('the corpus has at least 25 attempts', () => {
  expect(new Set(attempts).size).toBeGreaterThanOrEqual(25);
});

it('vocabularyOf: the most common groups, whatever the order of the items', () => {
  expect(vocabulary.groups).toEqual(['Crime', 'Comedy', 'Action', 'Drama', 'Horror']);
  expect(vocabulary.shares[0]).toBe(0.5);
  expect(vocabularyOf(items.toReversed())).toEqual(vocabulary);
  expect(vocabularyOf([])).toEqual({ groups: [], shares: [], references: [] });
});

it('situationOf: dislikes are what got less than the mean, newest last', () => {
  const recent = [
    { itemId: 'a', at: 1, positive: true, value: 5 },
    { itemId: 'b', at: 2, positive: false, value: 3.5 },
    { itemId: 'c', at: 3, positive: false, value: 1 },
    { itemId: 'gone', at: 4, positive: true, value: 5 },
  ];
  const state = { ...newUser('u'), feedbacks: 4, valueSum: 13, recent };
  const itemOf = (id: string) => (id === 'gone' ? undefined : film(id, 'G'));
  expect(situationOf(state, itemOf)).toEqual({
    liked: [film('a', 'G')],
    disliked: [film('c', 'G')],
  });
});

it('prompts', () => {
  const told = toldOf({ ...situation, context: ['evening'], dialogue: ['a "good" one'] });
  expect(wantPrompts(told, { item: 'movie', group: 'genre' })).toEqual([
    'It is evening. I liked the movies Casino, Heat, Fargo. I say: "a \'good\' one". My favourite genre is',
    'It is evening. I liked the movies Fargo, Heat, Casino. I say: "a \'good\' one". My favourite genre is',
    'Movies: Casino; Heat; Fargo\nIt is evening. I say: "a \'good\' one".\nGenre:',
  ]);
  expect(wantPrompts(toldOf(situation), { item: 'movie', group: 'genre' })[2]).toBe(
    'Movies: Casino; Heat; Fargo\nGenre:',
  );
});
