-- What each variant would have earned on all served slates, whoever served them.
-- Formula: w = target propensity / logged propensity at a position, r = clicked;
--   by impression A = sum w r, B = sum w; snips = sum A / sum B;
--   se = sqrt(sum (A - snips B)^2) / sum B, impressions as clusters; low, high = snips -/+ 1.96 se,
--   cut to [0, 1]; ess = (sum w)^2 / sum w^2
-- Unit: clicks per item shown; Range: 0 to 1; ess: effective positions, 0 to positions shown
-- Source: Swaminathan & Joachims 2015, self-normalised estimator; linearised ratio, Cochran 1977
create or replace view snips_by_variant as
with
  weighted as (
    select
      target as variant,
      arrayMap((pi, propensity) -> pi[column] / propensity, targetPropensities, propensities) as w,
      arraySum(arrayMap((weight, r) -> weight * r, w, clicked)) as a,
      arraySum(w) as b,
      arraySum(arrayMap(weight -> weight * weight, w)) as squares
    from _served
    array join variants as target, arrayEnumerate(variants) as column
  ),
  sums as (
    select
      variant,
      count() as n,
      sum(a) as sumA,
      sum(b) as sumB,
      sum(squares) as sumSquares,
      sumA / nullIf(sumB, 0) as value,
      -- sum (A - value B)^2, multiplied out so that one pass is enough
      sqrt(greatest(0, sum(a * a) - 2 * value * sum(a * b) + value * value * sum(b * b)))
        / nullIf(sumB, 0) as se
    from weighted
    group by variant
  )
select
  variant,
  n as impressions,
  value as snips,
  greatest(0, value - 1.96 * se) as low,
  least(1, value + 1.96 * se) as high,
  sumB * sumB / nullIf(sumSquares, 0) as ess
from sums
order by variant
