-- What came of each slate that was decided here, item by item; the views by variant are made of it.
-- Formula: sources[i] = 'logged' if a person answered item i of the impression, else 'simulated' if the
--   simulator did; an item without an answer was passed by: by the simulator if it alone answered the
--   slate, else by people. clicked[i] = 1 if an answer of that source is positive. weights[i] = 1 for
--   'logged', else the least confidence of the simulator's answers
-- Unit: one row an impression; Range: clicked 0 or 1 at each position, weights 0 to 1
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view _served as
with
  by_item as (
    select
      impressionId,
      itemId,
      max(source = 'logged') as real,
      max(positive and source = 'logged') as likedReal,
      max(positive and source = 'simulated') as likedSimulated,
      min(if(source = 'simulated', confidence, 1)) as weight
    from rewards final
    group by impressionId, itemId
  ),
  answers as (
    select
      impressionId,
      groupArrayIf(itemId, if(real, likedReal, likedSimulated)) as likedItems,
      groupArrayIf(itemId, real) as realItems,
      mapFromArrays(groupArrayIf(itemId, not real), groupArrayIf(weight, not real)) as simulatedItems,
      min(weight) as leastWeight,
      max(real) = 0 as simulatorAlone
    from by_item
    group by impressionId
  )
select
  impressionId, at, userId, variant, policy, version, tier, latencyMs, variants,
  `items.itemId` as itemIds,
  `items.propensity` as propensities,
  `items.targetPropensities` as targetPropensities,
  `items.barred` as barred,
  arrayMap(item -> toUInt8(has(likedItems, item)), itemIds) as clicked,
  arrayMap(
    item -> if(
      not has(realItems, item) and (simulatorAlone or mapContains(simulatedItems, item)),
      'simulated', 'logged'
    ),
    itemIds
  ) as sources,
  arrayMap(
    (item, source) -> multiIf(
      source = 'logged', 1.,
      mapContains(simulatedItems, item), simulatedItems[item],
      leastWeight
    ),
    itemIds, sources
  ) as weights
from (select * from impressions final where servedBy = 'served') as slates
left join answers using impressionId
