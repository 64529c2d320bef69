// The random log of Open Bandit, a round at a time: a smoke test, for its few clicks rank nothing.
import { readOpenBandit } from '../../datasets/open-bandit.ts';
import { answeredExample } from '../../models/attribution.ts';
import { newUser } from '../../models/user/track.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Example } from '../../schemas/topics/examples.ts';

/** The set does not name its visitors, so all of them are one without a history. */
export async function* openBanditRounds(folder: string, campaign: string): AsyncGenerator<Example> {
  const { rounds } = await readOpenBandit(folder, campaign, 'random');
  const visitor = newUser('visitor');
  for (const [i, { timestamp, item, position, click, propensity }] of rounds.entries()) {
    const at = Date.parse(timestamp.replace(' ', 'T'));
    const [impressionId, itemId, { userId }] = [String(i), String(item), visitor];
    const shown = [{ itemId, position, propensity }];
    const clicks = click === 0 ? [] : [loggedClick({ impressionId, userId, itemId, at })];
    yield answeredExample(
      loggedImpression({ impressionId, userId, at }, shown),
      visitor,
      [[]],
      clicks,
    );
  }
}
