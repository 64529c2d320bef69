-- The last twenty slates, with titles.
-- Formula: none; titles fall back to the item's id; arrays run from the top position down
-- Unit: propensities probability; Range: 0 to 1; clicked 0 or 1
-- Source: topics impressions (origin 'served'), rewards and items
create or replace view latest_decisions as
with
  latest as (
    select * from _served order by at desc, impressionId limit 20
  ),
  titles as (
    select itemId, argMax(title, _offset) as title
    from items final
    where itemId in (select arrayJoin(itemIds) from latest)
    group by itemId
  )
select
  at, userId, variant, policy, version, tier,
  arrayMap(
    item -> if(
      indexOf(known.1, item) = 0 or empty(known.2[indexOf(known.1, item)]),
      item,
      known.2[indexOf(known.1, item)]
    ),
    itemIds
  ) as items,
  propensities,
  clicked
from latest
cross join (select (groupArray(itemId), groupArray(title)) as known from titles) as catalogue
order by at desc, impressionId
