// What a reason may say in Chinese and Japanese, and what a prompt of reviews holds.
import { describe, expect, it } from '@jest/globals';
import { checkClaims } from '../../models/llm/explain/claims.ts';
import { factsOf } from '../../models/llm/explain/facts.ts';
import { reviewPrompt } from '../../models/llm/explain/review.ts';
import type { Item } from '../../schemas/topics/items.ts';

describe('a prompt of reviews', () => {
  it('has the last four that differ, in order', () => {
    const own = ['Old', 'Good', 'Soft', 'Good', 'Nice', ' Nice ', 'Light', ''];
    expect(reviewPrompt({ own, ofItem: [] }, 'cream').split('\n').slice(1, -2)).toEqual([
      '- Soft',
      '- Good',
      '- Nice',
      '- Light',
    ]);
  });
});

describe('a reason in Chinese or Japanese', () => {
  const film = (itemId: string, title: string, ...groups: string[]): Item => ({
    itemId,
    at: 0,
    title,
    text: title,
    groups,
    attributes: {},
  });
  const facts = factsOf(film('hero', '英雄 (2002)', '动作', 'Wuxia'), [
    film('tiger', '卧虎藏龙 (2000)', '动作', '爱情'),
  ]);
  const check = (text: string) =>
    checkClaims(text, facts, ['动作', '爱情', '战争', 'Wuxia', 'War']);

  it('stands sentence by sentence, with what it cites', () => {
    expect(
      check('因为你喜欢《卧虎藏龙》，这也是一部动作片。希望你喜欢。它是一部Wuxia电影。'),
    ).toMatchObject({
      text: '因为你喜欢卧虎藏龙，这也是一部动作片。 它是一部Wuxia电影。',
      citedItems: ['tiger'],
      citedGroups: ['动作', 'Wuxia'],
      removed: [],
      empty: 1,
    });
    expect(check('あなたの好きな「卧虎藏龙」と同じ动作です。').citedItems).toEqual(['tiger']);
  });

  it.each([
    ['这是一部战争片，也是动作片。', { kind: 'group', words: '战争' }],
    ['这是一部War动作片。', { kind: 'group', words: 'War' }],
    ['像《活着》一样的动作片。', { kind: 'title', words: '活着' }],
    ['导演的动作片。', { kind: 'relation', words: '导演' }],
    ['这是一部1999年的动作片。', { kind: 'number', words: '1999' }],
    ['由Zhang主打的动作片。', { kind: 'name', words: 'Zhang' }],
    // Only the liked film is of this group, and it is not spoken of.
    ['这是一部爱情动作片。', { kind: 'group', words: '爱情' }],
  ])('%s is false', (text, claim) => {
    expect(check(text).text).toBe('');
    expect(check(text).removed).toContainEqual(claim);
  });
});
