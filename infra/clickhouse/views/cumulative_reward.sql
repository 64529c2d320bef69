-- Reward gathered so far by each variant, impression by impression, in event time.
-- Formula: reward(t) = sum of positive items of the variant's impressions up to and with t; source as in
--   ctr_by_variant
-- Unit: clicks; Range: 0 and up, never falling
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view cumulative_reward as
select
  variant,
  source,
  at,
  count() over so_far as impressions,
  sum(clicks) over so_far as reward
from _served_answers
window so_far as (
  partition by variant, source order by at, impressionId
  rows between unbounded preceding and current row
)
order by variant, source, at, impressionId
