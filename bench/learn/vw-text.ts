// A decision as Vowpal Wabbit reads it: `--cb_explore_adf` text, all that our learner is told of it.
//
// Namespaces: u the user, g what the user thinks of groups (share of likes), i the item, t its groups,
// s the similarity. Spaces, colons and bars part the format, so they may not be in a name.

import type { Candidate } from '../../models/policy.ts';
import type { Example } from '../../schemas/topics/examples.ts';

const clean = (name: string) => name.replaceAll(/[\s:|]/g, '_');

function sharedLine({ userId, state }: Example): string {
  const tastes = state.groups.map(
    ({ group, positives, feedbacks }) => `${clean(group)}:${short(positives / (feedbacks + 2))}`,
  );
  const seen = `seen:${short(Math.log1p(state.feedbacks))}`;
  return `shared |u ${clean(userId)} ${seen} |g ${tastes.join(' ')}`;
}

function actionLine({ itemId, groups, similarity }: Candidate): string {
  const near = similarity === null ? '' : ` |s near:${short(similarity)}`;
  return `|i ${clean(itemId)} |t ${groups.map(clean).join(' ')}${near}`;
}

/**
 * One example of the decision: all its candidates, one of them labelled `action:cost:probability`.
 * @param position of the shown item that is labelled
 */
export function vwExample(decided: Example, position: number): string {
  const { items, unshown = [] } = decided;
  const actions = [...items, ...unshown].map(actionLine);
  const { reward, propensity } = items[position]!;
  actions[position] = `0:${-reward}:${propensity} ${actions[position]}`;
  return `${sharedLine(decided)}\n${actions.join('\n')}\n\n`;
}

const short = (value: number) => Number(value.toFixed(4));
