-- What each variant would have earned on all served slates, whoever served them.
-- Formula: w = target propensity / logged propensity at a position, r = clicked;
--   by user A = sum w r, B = sum w; snips = sum A / sum B; n = number of users;
--   se = sqrt(n / (n - 1) sum (A - snips B)^2) / sum B, users as clusters; low, high = snips -/+ 1.96 se,
--   cut to [0, 1], null for fewer than two users; ess = (sum w)^2 / sum w^2;
--   source: outcomes of people ('logged') and of the simulator ('simulated'), never mixed
-- Unit: clicks per item shown; Range: 0 to 1; ess: effective positions, 0 to positions shown
-- Source: Swaminathan & Joachims 2015, self-normalised estimator; linearised ratio, Cochran 1977;
--   one look: an interval for every look is that of `millrace experiment`
create or replace view snips_by_variant as
with
  weighted as (
    select
      variant,
      source,
      userId,
      uniqExact(impressionId) as slates,
      sum(w * r) as a,
      sum(w) as b,
      sum(w * w) as squares
    from _served_rounds
    group by variant, source, userId
  ),
  sums as (
    select
      variant,
      source,
      sum(slates) as impressions,
      count() as n,
      sum(a) as sumA,
      sum(b) as sumB,
      sum(squares) as sumSquares,
      sumA / nullIf(sumB, 0) as value,
      -- sum (A - value B)^2, multiplied out so that one pass is enough
      sqrt(
        greatest(0, sum(a * a) - 2 * value * sum(a * b) + value * value * sum(b * b))
          * n / nullIf(n - 1, 0)
      ) / nullIf(sumB, 0) as se
    from weighted
    group by variant, source
  )
select
  variant,
  source,
  impressions,
  n as users,
  value as snips,
  greatest(0, value - 1.96 * se) as low,
  least(1, value + 1.96 * se) as high,
  sumB * sumB / nullIf(sumSquares, 0) as ess
from sums
order by variant, source
