-- Click-through rate of each variant.
-- Formula: ctr = clicks / shown; a click is a distinct (impression, item) with a positive reward
-- Unit: clicks per item shown; Range: 0 to 1
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view ctr_by_variant as
select
  variant,
  count() as impressions,
  sum(length(itemIds)) as shown,
  sum(_served.clicks) as clicks,
  sum(_served.clicks) / sum(length(itemIds)) as ctr
from _served
group by variant
order by variant
