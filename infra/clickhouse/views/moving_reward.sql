-- The moving reward of each variant: what a fifth of its slates earned, up to each slate.
-- Formula: level = clicks / slates over the last fifth of all of the variant's slates, up to and with the n-th;
--   from n = that fifth on; source and slates as in reward_by_variant
-- Unit: clicks a slate; Range: 0 to the slate's length
-- Source: topics impressions (servedBy 'served') and rewards; models/metrics/convergence.ts
create or replace view moving_reward as
select
  variant, source,
  slates[window - 1 + place].1 as at,
  window - 1 + place as impressions,
  level
from _served_levels
array join levels as level, arrayEnumerate(levels) as place
order by variant, source, impressions
