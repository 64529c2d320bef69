-- Each shown position as a round of the log, once for each variant that it can judge.
-- Formula: w = target propensity / logged propensity, r = clicked, g = mean r;
--   q(item, position) = (clicks + 100 g) / (rounds + 100), as in models/ope/tabular.ts;
--   expected = sum w q / sum w over the variant's rounds at that position, 0 where sum w is 0
-- Unit: one row a variant, impression and position; Range: w 0 or more; r, q, expected 0 to 1
-- Source: _served
create or replace view _served_rounds as
with
  logged as (
    select impressionId, variants, itemId, slot - 1 as position, propensity, pi, r
    from _served
    array join
      itemIds as itemId,
      propensities as propensity,
      targetPropensities as pi,
      clicked as r,
      arrayEnumerate(itemIds) as slot
  ),
  model as (
    select
      itemId,
      position,
      (sum(r) + 100 * (select avg(r) from logged)) / (count() + 100) as q
    from logged
    group by itemId, position
  ),
  weighted as (
    select target, impressionId, itemId, position, pi[column] / propensity as w, r
    from logged
    array join variants as target, arrayEnumerate(variants) as column
  )
select
  target as variant,
  impressionId,
  itemId,
  position,
  w,
  toFloat64(r) as r,
  q,
  coalesce(
    sum(w * q) over (partition by target, position)
      / nullIf(sum(w) over (partition by target, position), 0),
    0
  ) as expected
from weighted
inner join model using (itemId, position)
