-- Click-through rate of each variant, by month of the event.
-- Formula: ctr = clicks / items shown, within a month
-- Unit: clicks per item shown; Range: 0 to 1
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view ctr_over_time as
select
  variant,
  toStartOfMonth(at) as bucket,
  count() as impressions,
  sum(_served.clicks) as clicks,
  sum(_served.clicks) / sum(length(itemIds)) as ctr
from _served
group by variant, bucket
order by variant, bucket
