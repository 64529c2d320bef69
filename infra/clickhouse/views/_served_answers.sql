-- Each served slate once for each source of outcomes, with the items that have one of that source.
-- Formula: slots = places, from 1, of the items whose outcome is of the source; simulated ones count only
--   with a weight above 0; clicked as in _served, at these places; clicks = sum of clicked;
--   share = length(slots) / items of the slate, 1 for a slate without items
-- Unit: one row an impression and source; Range: clicked 0 or 1, share above 0, to 1
-- Source: _served
create or replace view _served_answers as
select
  impressionId, at, userId, variant, policy, version, tier, latencyMs, variants, source,
  slate,
  slots,
  arrayMap(slot -> slate[slot], slots) as itemIds,
  propensities,
  targetPropensities,
  barred,
  arrayMap(slot -> answered[slot], slots) as clicked,
  arraySum(clicked) as clicks,
  if(empty(slate), 1, length(slots) / length(slate)) as share
from (
  select
    impressionId, at, userId, variant, policy, version, tier, latencyMs, variants,
    itemIds as slate, propensities, targetPropensities, barred, clicked as answered, judged as source,
    arrayFilter(
      slot -> sources[slot] = judged and weights[slot] > 0,
      arrayEnumerate(itemIds)
    ) as slots
  from _served
  cross join (select arrayJoin(['logged', 'simulated']) as judged) as kinds
)
where notEmpty(slots) or (empty(slate) and source = 'logged')
