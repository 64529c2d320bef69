-- Each shown position as a round of the log, once for each variant that it can judge. A pinned item is no
-- round: whatever the variant, it stood there, and says nothing of one of them.
-- Formula: w = target propensity / logged propensity, 10 000 at most, r = clicked;
--   above = product of w from the top of the slate down to the position;
--   g = mean r; q(item, position) = (clicks + 100 g) / (rounds + 100), as in models/ope/tabular.ts;
--   expected = sum w q / sum w over the variant's rounds at that position, 0 where sum w is 0;
--   each within the outcomes of one source
-- Unit: one row a variant, source, impression and position; Range: w, above 0 or more; r, q, expected 0 to 1
-- Source: _served_answers
create or replace view _served_rounds as
with
  logged as (
    select impressionId, userId, source, variants, itemId, slot - 1 as position,
      propensities, targetPropensities, r
    from _served_answers
    array join itemIds as itemId, clicked as r, slots as slot
    -- A slate that nothing can have drawn is counted in impossible_propensities, and nowhere else.
    where barred[slot] < 1 and arrayAll(p -> p > 0 and p <= 1, propensities)
      and arrayAll(pis -> arrayAll(pi -> pi >= 0 and pi <= 1, pis), targetPropensities)
  ),
  overall as (
    select source, avg(r) as g from logged group by source
  ),
  model as (
    select
      source,
      itemId,
      position,
      (sum(r) + 100 * any(g)) / (count() + 100) as q
    from logged inner join overall using (source)
    group by source, itemId, position
  ),
  weighted as (
    select
      target, source, impressionId, userId, itemId, position, r,
      arrayMap((pi, propensity) -> least(10000, pi[column] / propensity), targetPropensities, propensities) as all,
      all[position + 1] as w,
      arrayProduct(arraySlice(all, 1, position + 1)) as above
    from logged
    array join variants as target, arrayEnumerate(variants) as column
  )
select
  target as variant,
  source,
  impressionId,
  userId,
  itemId,
  position,
  w,
  above,
  toFloat64(r) as r,
  q,
  coalesce(
    sum(w * q) over (partition by target, source, position)
      / nullIf(sum(w) over (partition by target, source, position), 0),
    0
  ) as expected
from weighted
inner join model using (source, itemId, position)
