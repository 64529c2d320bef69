// What a reason earns, by hand.
import { describe, expect, it } from '@jest/globals';
import { reasonMarks, reasonPrompt } from '../../models/llm/reasons.ts';

const task = {
  liked: ['Casino (1995)', 'It (1990)'],
  title: 'Heat (1995)',
  groups: ['Action', 'Crime'],
};
const known = ['Action', 'Crime', 'War', 'Sci-Fi'];
const earned = (text: string, ended = true) => reasonMarks(task, text, ended, known);

describe('a reason for a suggestion', () => {
  it('is asked for with the history and the record', () => {
    expect(reasonPrompt(task)).toBe(
      'Liked: Casino (1995); It (1990).\nSuggested: Heat (1995), genres Action, Crime.\nReason:',
    );
  });

  it('earns by form, history and true attributes', () => {
    const all = earned(' You liked Casino, also a crime film.');
    expect(all).toEqual({
      wellFormed: true,
      cites: true,
      attributes: true,
      untrue: false,
      reward: 1,
    });
    expect(earned('You liked Casino, also a crime film.', false).reward).toBe(0.8);
    expect(earned('Casino').reward).toBe(0.4);
    expect(earned('It is an action film.').reward).toBe(0.6); // the title "It" is not named by it
    expect(earned('There is a nice film here.').reward).toBe(0.2);
    expect(earned('').reward).toBe(0);
    expect(earned('a '.repeat(21)).reward).toBe(0);
  });

  it('earns nothing for attributes when one is untrue, and finds whole words only', () => {
    expect(earned('You liked Casino, also a crime and war film.')).toMatchObject({
      untrue: true,
      reward: 0.6,
    });
    expect(earned('You liked Casino, so be aware of reaction.')).toMatchObject({
      attributes: false,
      untrue: false,
      reward: 0.6,
    });
    expect(earned('Casinos and criminals and items galore.').reward).toBe(0.2);
  });
});
