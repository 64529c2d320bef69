// The panels of the page on what clicks do not say: diversity, fairness, popularity, turns, convergence.
import { count, metric, text, time } from './columns.ts';
import { OUTCOMES, series, view } from './view.ts';

const ofSource = `where source = '${OUTCOMES}' order by variant`;

export const beyondClicks = {
  exposure: view(
    'exposure_by_variant',
    {
      variant: text,
      distinctItems: count,
      catalogue: count,
      divRatio: metric,
      orRatio: metric,
      cv: metric,
      coverage: metric,
      gini: metric,
    },
    'order by variant',
  ),
  popularity: view(
    'popularity_by_variant',
    { variant: text, novelty: metric, popularityLift: metric },
    'order by variant',
  ),
  serendipity: view('serendipity_by_variant', { variant: text, serendipity: metric }, ofSource),
  mitigation: view(
    'bias_mitigation_by_variant',
    { variant: text, score: metric },
    'order by variant',
  ),
  turns: view(
    'turns_by_variant',
    { variant: text, sessions: count, turns: metric, rewardPerSession: metric },
    ofSource,
  ),
  convergence: view(
    'convergence_by_variant',
    { variant: text, final: metric, convergedAt: metric },
    ofSource,
  ),
  // Of slates of several lengths, the longest K that there is.
  unfairness: view(
    'unfairness_by_variant',
    { variant: text, k: count, mgu: metric, dgu: metric },
    "where counting = 'whole' order by variant, k desc limit 1 by variant",
  ),
  unfairGroups: view(
    'unfairness_by_group',
    { variant: text, k: count, group: text, shownShare: metric, chosenShare: metric, gu: metric },
    `where counting = 'whole' and k = (select max(k) from unfairness_by_group)
     order by abs(gu) desc limit 4 by variant limit 24`,
  ),
  movingReward: series(
    'moving_reward',
    'variant',
    'impressions',
    { variant: text, impressions: count, level: metric },
    `where source = '${OUTCOMES}'`,
  ),
  exposureOverTime: view(
    'exposure_over_time',
    { variant: text, bucket: time, divRatio: metric, gini: metric },
    'order by variant, bucket limit 2000',
  ),
  unfairnessOverTime: view(
    'unfairness_over_time',
    { variant: text, bucket: time, mgu: metric },
    `where counting = 'whole' and k = (select max(k) from unfairness_over_time)
     order by variant, bucket limit 2000`,
  ),
};
