-- Click-through rate of each variant, by month of the event.
-- Formula: ctr = clicks / items shown, within a month; source as in ctr_by_variant
-- Unit: clicks per item shown; Range: 0 to 1
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view ctr_over_time as
select
  variant,
  source,
  makeDate32(toYear(at), toMonth(at), 1) as bucket,
  count() as impressions,
  sum(judged.clicks) as clicks,
  sum(judged.clicks) / nullIf(sum(length(itemIds)), 0) as ctr
from _served_answers as judged
group by variant, source, bucket
order by variant, source, bucket
