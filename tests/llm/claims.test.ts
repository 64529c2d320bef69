// What a reading claims against what there is to bear it out.
import { describe, expect, it } from '@jest/globals';
import {
  avoidFault,
  constraintFault,
  supervised,
  wantedFault,
  wishFactsOf,
} from '../../models/llm/reasoner/claims.ts';

const film = (title: string, ...groups: string[]) => ({ title, groups });
const catalogue = new Set(['Action', 'Crime', 'Comedy', 'Horror', 'Drama', 'War', 'Sci-Fi']);
const situation = {
  liked: [
    film('a', 'Crime', 'Drama'),
    film('b', 'Crime', 'Action'),
    film('c', 'Crime', 'Drama', 'War'),
  ],
  disliked: [film('d', 'Horror', 'War'), film('e', 'War', 'Drama')],
};
const facts = wishFactsOf(situation, catalogue);

describe('claims', () => {
  it('wanted: in the catalogue, liked, and not more disliked than liked', () => {
    const fault = wantedFault(facts);
    expect(fault('Crime')).toBeUndefined();
    expect(fault('Western')).toBe('unknown');
    expect(fault('Comedy')).toBe('unborne');
    expect(fault('War')).toBe('contradicted');
    expect(fault('Drama')).toBeUndefined();
  });

  it('avoid: disliked more than liked, and none of the most liked or wanted', () => {
    const fault = avoidFault(facts, ['Action']);
    expect(fault('War')).toBeUndefined();
    expect(fault('Horror')).toBeUndefined();
    expect(fault('Comedy')).toBe('unborne');
    expect(fault('Drama')).toBe('contradicted');
    expect(fault('Action')).toBe('contradicted');
    expect(fault('Anime')).toBe('unknown');
  });

  it('constraint: most liked items keep it, and it is not avoided', () => {
    expect(constraintFault(facts, [])('Crime')).toBeUndefined();
    expect(constraintFault(facts, [])('War')).toBe('unborne');
    expect(constraintFault(facts, ['Crime'])('Crime')).toBe('contradicted');
  });

  it('what the user names is borne out, as a whole word in any case', () => {
    const told = wishFactsOf(
      { ...situation, dialogue: ['no sci-fi, some HORROR; warm'] },
      catalogue,
    );
    expect([...told.said].sort()).toEqual(['Horror', 'Sci-Fi']);
    expect(wantedFault(told)('Horror')).toBeUndefined();
    const chinese = { ...situation, dialogue: ['想看Horror电影', '不要战争片'] };
    expect([...wishFactsOf(chinese, new Set([...catalogue, '战争'])).said].sort()).toEqual([
      'Horror',
      '战争',
    ]);
    expect(avoidFault(told, [])('Sci-Fi')).toBeUndefined();
  });

  it('a false claim sends the step back once, then goes', async () => {
    const rounds: string[][] = [];
    const said = [
      ['Crime', 'Western', 'Crime', 'Comedy'],
      ['Crime', 'Comedy', 'Drama'],
    ];
    const { kept, faults } = await supervised((ruledOut) => {
      rounds.push([...ruledOut]);
      return said[rounds.length - 1]!;
    }, wantedFault(facts));
    expect(rounds).toEqual([[], ['Western', 'Comedy']]);
    expect(kept).toEqual(['Crime', 'Drama']);
    expect(faults).toEqual({ unknown: 1, repeated: 1, unborne: 2 });
  });

  it('a step without a false claim is taken once', async () => {
    let times = 0;
    const made = await supervised(() => {
      times++;
      return ['Crime'];
    }, wantedFault(facts));
    expect([times, made]).toEqual([1, { kept: ['Crime'], faults: {} }]);
  });
});
