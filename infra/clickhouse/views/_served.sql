-- What came of each slate that was decided here; the views by variant are made of it.
-- Formula: clicked[i] = 1 if any positive reward names item i of the impression, else 0
-- Unit: one row an impression; Range: clicked 0 or 1 at each position
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view _served as
with positives as (
  select impressionId, groupUniqArray(itemId) as clickedItems
  from rewards final
  where positive
  group by impressionId
)
select
  impressionId, at, userId, variant, policy, version, tier, latencyMs, variants,
  `items.itemId` as itemIds,
  `items.propensity` as propensities,
  `items.targetPropensities` as targetPropensities,
  arrayMap(item -> toUInt8(has(clickedItems, item)), itemIds) as clicked,
  arraySum(clicked) as clicks
from (select * from impressions final where servedBy = 'served') as slates
left join positives using impressionId
