-- Reward of each variant.
-- Formula: reward = number of positive items; rewardPerImpression = reward / impressions
-- Unit: clicks; Range: 0 to the slate's length for each impression
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view reward_by_variant as
select
  variant,
  count() as impressions,
  sum(clicks) as reward,
  sum(clicks) / count() as rewardPerImpression
from _served
group by variant
order by variant
