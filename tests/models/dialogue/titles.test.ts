// Titles: taken apart, spelled in other ways, and looked up.
import { describe, expect, it } from '@jest/globals';
import { distanceWithin } from '../../../models/dialogue/distance.ts';
import { keyOf, spokenTitle, Titles, titleOf } from '../../../models/dialogue/titles.ts';

describe('a title', () => {
  it.each([
    ['Matrix, The (1999)', 'The Matrix (1999)'],
    [
      'City of Lost Children, The (Cité des enfants perdus, La) (1995)',
      'The City of Lost Children (1995)',
    ],
    ["Auberge espagnole, L' (2002)", "L'Auberge espagnole (2002)"],
    ['The  Shining  (1980)', 'The Shining (1980)'],
    ['Uncle Buck', 'Uncle Buck'],
  ])('%s is said as %s', (title, said) => expect(spokenTitle(title)).toBe(said));

  it('has every name that it is known by', () => {
    expect(titleOf('Spirited Away (Sen to Chihiro no kamikakushi) (2001)')).toEqual({
      names: ['Spirited Away', 'Sen to Chihiro no kamikakushi'],
      year: 2001,
    });
    expect(titleOf('Star Wars: Episode IV (a.k.a. Star Wars) (1977)').names[1]).toBe('Star Wars');
  });

  it.each([
    ['Amélie', 'amelie'],
    ['The Good, the Bad & the Ugly', 'good the bad and the ugly'],
    ['Rocky III', 'rocky 3'],
    ["Schindler's List", 'schindlers list'],
    ['千と千尋の神隠し', '千と千尋の神隠し'.normalize('NFKD').replace(/\p{M}/gu, '')],
  ])('%s has the key %s', (name, key) => expect(keyOf(name)).toBe(key));
});

describe('a catalogue by titles', () => {
  const titles = new Titles();
  titles.add('old', 'King Kong (1933)', 5);
  titles.add('new', 'King Kong (2005)', 9);
  titles.add('children', 'City of Lost Children, The (Cité des enfants perdus, La) (1995)');
  titles.add('rocky2', 'Rocky II (1979)');
  titles.add('nemo', 'Finding Nemo (2003)');

  it.each([
    ['King Kong', 1933, 'old', 'exact'],
    ['king kong', 2006, 'new', 'exact'],
    ['King Kong', undefined, 'new', 'exact'],
    ['la cite des enfants perdus', undefined, 'children', 'exact'],
    ['The city of lost childrn', 1995, 'children', 'near'],
    ['Fniding Nemo', undefined, 'nemo', 'near'],
    ['Rocky 2', 1979, 'rocky2', 'exact'],
  ])('%s (%s) is %s', (name, year, itemId, kind) => {
    expect(titles.link(name, year)).toEqual({ itemId, kind });
  });

  it.each([
    ['King Kong', 1976],
    ['Rocky 3', undefined],
    ['Finding Dory', undefined],
    ['Nemo', undefined],
  ])('%s (%s) is none of them', (name, year) => expect(titles.link(name, year)).toBeUndefined());
});

it.each([
  ['kitten', 'sitting', 3, 3],
  ['abcd', 'acbd', 2, 1],
  ['abc', 'abc', 1, 0],
  ['abc', 'xyzw', 2, 3],
])('%s and %s differ by %d at most, which is %d', (a, b, most, distance) => {
  expect(distanceWithin(a, b, most)).toBe(distance);
});
