// The random log of Open Bandit, a round at a time: a smoke test, for its few clicks rank nothing.
import { readOpenBandit } from '../../datasets/open-bandit.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { newUser } from '../../models/user/track.ts';
import type { Example } from '../../schemas/topics/examples.ts';

/** The set does not name its visitors, so all of them are one without a history. */
export async function* openBanditRounds(folder: string, campaign: string): AsyncGenerator<Example> {
  const { rounds } = await readOpenBandit(folder, campaign, 'random');
  const visitor = newUser('visitor');
  for (const [i, { timestamp, item, position, click, propensity }] of rounds.entries()) {
    const at = Date.parse(timestamp.replace(' ', 'T'));
    yield loggedExample(String(i), at, visitor, [
      {
        itemId: String(item),
        groups: [],
        positive: click === 1,
        reward: click,
        position,
        propensity,
      },
    ]);
  }
}
