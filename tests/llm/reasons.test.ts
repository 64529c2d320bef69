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

  it('earns the same in Chinese', () => {
    const film = {
      liked: ['卧虎藏龙 (2000)', '爱 (2012)'],
      title: '英雄 (2002)',
      groups: ['动作'],
    };
    const marks = (text: string) => reasonMarks(film, text, true, ['动作', '战争']).reward;
    expect(marks('因为你喜欢《卧虎藏龙》，这也是一部动作片。')).toBe(1);
    expect(marks('因为你喜欢《卧虎藏龙》，这也是一部动作和战争片。')).toBe(0.6);
    expect(marks('这是一部很好看的电影。')).toBe(0.2);
    expect(marks('我爱你。')).toBe(0);
  });
});
