-- The last twenty slates, with titles.
-- Formula: none; titles fall back to the item's id; arrays run from the top position down
-- Unit: propensities probability; Range: 0 to 1; clicked 0 or 1; sources logged or simulated: who
--   answered the item
-- Source: topics impressions (servedBy 'served'), rewards and items
create or replace view latest_decisions as
with
  latest as (
    select * from _served order by at desc, impressionId limit 20
  ),
  titles as (
    select mapFromArrays(groupArray(itemId), groupArray(title)) as titleOf
    from _titles
    where itemId in (select arrayJoin(itemIds) from latest)
  )
select
  at, userId, variant, policy, version, tier,
  arrayMap(item -> if(mapContains(titleOf, item), titleOf[item], item), itemIds) as items,
  propensities,
  clicked,
  sources
from latest
cross join titles
order by at desc, impressionId
