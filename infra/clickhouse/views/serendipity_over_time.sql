-- Whether people click what the popularity baseline would not have shown them, by month of the event.
-- Formula: as serendipity_by_variant, of the slates of a month; popularity is of all time
-- Unit: share of clicks; Range: 0 to 1; null without clicks
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view serendipity_over_time as
select
  variant, source, bucket,
  countIf(isClicked) as clicks,
  countIf(isClicked and (rank = 0 or rank > k)) as beyond,
  beyond / nullIf(clicks, 0) as serendipity
from (
  select
    variant, source, makeDate32(toYear(at), toMonth(at), 1) as bucket, toUInt32(length(slate)) as k, itemId, isClicked
  from _served_answers
  array join itemIds as itemId, clicked as isClicked
) as answered
left join _popularity on _popularity.itemId = answered.itemId
group by variant, source, bucket
order by variant, source, bucket
