-- Each item of each slate served here, once for all time and once for its month.
-- Formula: isWhole = 1: the row stands for all time; 0: for the month that begins at bucket;
--   k = items of the slate; position from 1
-- Unit: one row a shown item and span
-- Source: topic impressions (servedBy 'served')
create or replace view _shown as
select variant, isWhole, if(isWhole, toDate32(0), month) as bucket, impressionId, userId, itemId, position, k
from (
  select
    variant, impressionId, userId, arrayJoin([1, 0]) as isWhole,
    makeDate32(toYear(at), toMonth(at), 1) as month,
    `items.itemId` as slate, toUInt32(length(`items.itemId`)) as k
  from impressions final
  where servedBy = 'served'
)
array join slate as itemId, arrayEnumerate(slate) as position
