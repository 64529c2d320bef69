-- Reward of each variant.
-- Formula: reward = number of positive items; slates = sum of each slate's share of items with an outcome
--   of the source, which is the number of slates unless some were answered by people and simulator;
--   rewardPerImpression = reward / slates; source as in ctr_by_variant
-- Unit: clicks; Range: 0 to the slate's length for each impression
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view reward_by_variant as
select
  variant,
  source,
  count() as impressions,
  sum(clicks) as reward,
  sum(clicks) / sum(share) as rewardPerImpression
from _served_answers
group by variant, source
order by variant, source
