// What is kept of each user's items: all of them, in order.
import { expect, it } from '@jest/globals';
import { Histories } from '../../models/sequence/histories.ts';

function told(): Histories {
  const histories = new Histories();
  // Six items outgrow the room for four that a user begins with.
  for (const [item, liked] of [4, 0, 7, 4, 9, 2].map((item, i) => [item, i !== 2] as const)) {
    histories.add('u', item, liked);
    histories.add('v', 10 + item, false);
  }
  return histories;
}

const seenBy = (histories: Histories, userId: string) => {
  const seen: number[] = [];
  histories.forEachSeen(userId, (item) => void seen.push(item));
  return seen;
};

it.each([
  ['as they were told', told()],
  ['after they were saved', new Histories(told().save())],
])('histories have every item of a user, and the last likes, %s', (_, histories) => {
  expect(seenBy(histories, 'u')).toEqual([4, 0, 7, 4, 9, 2]);
  expect(seenBy(histories, 'v')).toEqual([14, 10, 17, 14, 19, 12]);
  expect(histories.lastLikes('u', 9)).toEqual([4, 0, 4, 9, 2]);
  expect(histories.lastLikes('u', 2)).toEqual([9, 2]);
  expect([histories.likes('u'), histories.likes('v')]).toEqual([5, 0]);
  expect([histories.likes('nobody'), histories.lastLikes('nobody', 3)]).toEqual([0, []]);
  expect(seenBy(histories, 'nobody')).toEqual([]);
  histories.add('u', 1, true);
  expect(histories.lastLikes('u', 2)).toEqual([2, 1]);
});
